//! The page about all routes is the one in the repository.

use crate::server::TestServer;

/// `FLAGKIT_UPDATE=1 cargo test -p flagkit-server openapi` writes it again.
#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let current = flagkit_server::openapi_json();
    if std::env::var_os("FLAGKIT_UPDATE").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == current, "docs/openapi.json is not up to date");
    let server = TestServer::start();
    assert_eq!(server.admin.get("/api/v1/openapi.json").is(200).text(), current);
}

/// Every reference leads somewhere, and every route has a name of its own.
#[test]
fn the_document_is_whole() {
    let document: serde_json::Value =
        serde_json::from_str(&flagkit_server::openapi_json()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
    let mut ids: Vec<&str> =
        operations.filter_map(|operation| operation["operationId"].as_str()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(count > 30);
}
