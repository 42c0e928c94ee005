//! A small metadata document, read; and packages for the tests of the checks.

use serde_json::json;

use super::*;

/// A package of ours with these dependencies.
pub(crate) fn ours(name: &str, dependencies: &[Dependency]) -> Package {
    Package {
        id: name.to_owned(),
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        manifest: format!("{name}/Cargo.toml"),
        licence: Some("MIT".to_owned()),
        dependencies: dependencies.to_vec(),
        ..Package::default()
    }
}

/// A package from crates.io.
pub(crate) fn other(name: &str, version: &str, licence: &str) -> Package {
    Package {
        id: format!("{name} {version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        source: Some("registry+somewhere/crates.io-index".to_owned()),
        licence: Some(licence.to_owned()),
        ..Package::default()
    }
}

/// A required, normal dependency; names that begin with `flagkit` are ours.
pub(crate) fn needs(name: &str) -> Dependency {
    let is_ours = name.starts_with("flagkit") || name == "xtask";
    Dependency { name: name.to_owned(), is_ours, ..Dependency::default() }
}

#[test]
fn the_metadata_of_cargo_is_understood() {
    let metadata = json!({
        "packages": [
            {
                "id": "path#core", "name": "flagkit-core", "version": "0.1.0", "source": null,
                "license": "MIT", "manifest_path": "/repo/flagkit-core/Cargo.toml", "publish": null,
                "dependencies": [
                    {"name": "regex", "kind": null, "optional": false, "target": null},
                    {"name": "loom", "kind": "dev", "optional": false, "target": "cfg(loom)"},
                    {"name": "flagkit-x", "path": "/repo/x", "kind": null, "optional": true},
                ],
            },
            {"id": "path#xtask", "name": "xtask", "source": null, "publish": []},
            {"id": "reg#regex", "name": "regex", "source": "registry+x", "publish": null},
        ],
        "resolve": {"nodes": [
            {"id": "path#core", "deps": [
                {"pkg": "reg#regex", "dep_kinds": [{"kind": null}, {"kind": "dev"}]},
                {"pkg": "reg#loom", "dep_kinds": [{"kind": "dev"}]},
            ]},
            {"id": "path#xtask", "deps": [{"pkg": "reg#json", "dep_kinds": [{"kind": null}]}]},
            {"id": "reg#regex", "deps": [{"pkg": "reg#memchr", "dep_kinds": [{"kind": null}]}]},
        ]},
    });
    let packages = Packages::from_json(&metadata, "/repo");
    assert_eq!(
        packages.ours().map(|package| &package.name).collect::<Vec<_>>(),
        ["flagkit-core", "xtask"]
    );
    assert_eq!(packages.third_party().count(), 1);
    let shipped: Vec<&str> = packages.shipped.iter().map(String::as_str).collect();
    assert_eq!(shipped, ["path#core", "reg#memchr", "reg#regex"]);
    let core = packages.ours().next().unwrap();
    assert_eq!(core.manifest, "flagkit-core/Cargo.toml");
    let [regex, loom, x] = core.dependencies.as_slice() else { panic!("three dependencies") };
    assert!(!regex.is_dev && !regex.is_ours && !regex.is_optional);
    assert!(loom.is_dev && loom.target.as_deref() == Some("cfg(loom)"));
    assert!(x.is_ours && x.is_optional);
}
