use super::*;

fn person(name: &str, roles: &[&str]) -> Approved {
    Approved { name: name.into(), roles: roles.iter().map(|&role| role.to_owned()).collect() }
}

#[test]
fn each_role_needs_a_person_of_its_own() {
    let roles = ["lead".to_owned(), "sre".to_owned()];
    let both = person("ada", &["lead", "sre"]);
    assert!(!roles_covered(&roles, std::slice::from_ref(&both)));
    assert!(roles_covered(&roles, &[both.clone(), person("bob", &["lead"])]));
    assert!(roles_covered(&roles, &[person("bob", &["sre"]), both.clone()]));
    assert!(!roles_covered(&roles, &[both, person("eve", &[])]));
    assert!(roles_covered(&[], &[]));
}

#[test]
fn a_person_may_be_given_another_role_for_it() {
    let roles = ["a", "b", "c"].map(str::to_owned);
    let people = [person("x", &["a", "b", "c"]), person("y", &["a", "b"]), person("z", &["a"])];
    assert!(roles_covered(&roles, &people));
}
