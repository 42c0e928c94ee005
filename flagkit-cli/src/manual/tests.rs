use super::*;

/// The names of every command, each with those above it.
fn names(command: &clap::Command, above: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for below in commands(command) {
        let path = [above, &[below.get_name().to_owned()]].concat();
        found.extend(names(below, &path));
        found.push(path);
    }
    found
}

#[test]
fn every_command_has_a_page_the_nested_ones_too() {
    let program = Arguments::command();
    let names = names(&program, &[]);
    for nested in ["rollout plan", "rollout run", "rollout status", "keys create"] {
        let path: Vec<String> = nested.split(' ').map(str::to_owned).collect();
        assert!(names.contains(&path), "{nested}");
    }
    for path in &names {
        let page = definition(path).and_then(|command| Ok(rendered(command)?)).unwrap();
        let page = String::from_utf8(page).unwrap().replace("\\-", "-");
        assert!(page.contains(&format!("flagkit-{}", path.join("-"))), "{path:?}: {page}");
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH DESCRIPTION"), "{path:?}");
    }
    // One page for each of them, and that of the program.
    let pages = all(&definition(&[]).unwrap());
    let files: std::collections::BTreeSet<String> = pages.iter().map(file_name).collect();
    assert_eq!(files.len(), names.len() + 1);
    assert!(files.contains("flagkit") && files.contains("flagkit-rollout-plan"), "{files:?}");
}
