//! Statements, and what only looks like one.

use serde_json::{Value, json};

use super::*;
use crate::Time;
use crate::policy::{Facts, Policies};

/// What is found in a file with this text.
fn found(text: &str) -> Finding {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1.sql");
    std::fs::write(&file, text).unwrap();
    look(&[file.to_string_lossy().into_owned()]).unwrap()
}

fn count(text: &str, name: &str) -> Value {
    found(text).attributes["sql"][name].clone()
}

#[test]
fn b14_statements_are_parsed_and_not_searched_for_words() {
    let names = "-- DROP TABLE users\n/* TRUNCATE x */ SELECT \"DROP TABLE\" FROM drop_requests WHERE note = 'DROP TABLE users';";
    assert_eq!(count(names, "drops"), 0);
    assert_eq!(count(names, "truncates"), 0);
    // The condition of one statement hides nothing of the other.
    let two = "UPDATE users SET seen = true;\nUPDATE users SET seen = false WHERE id = 1;";
    assert_eq!(count(two, "updates_without_where"), 1);
    assert_eq!(count(two, "statements"), 2);
    assert_eq!(count("drop table a, b; alter table c drop column d, drop column e", "drops"), 4);
    assert_eq!(count("drop index i; drop view v", "drops"), 0);
    let inside = "WITH gone AS (DELETE FROM users RETURNING id) SELECT count(*) FROM gone";
    assert_eq!(count(inside, "deletes_without_where"), 1);
}

#[test]
fn what_is_dangerous_is_shown_with_its_line() {
    let text = "CREATE TABLE a (id int);\n\nTRUNCATE a, b;\nCREATE INDEX i ON a (id);\nCREATE INDEX CONCURRENTLY j ON a (id);";
    let sql = &found(text).attributes["sql"];
    assert_eq!((&sql["truncates"], &sql["indexes_not_concurrently"]), (&json!(2), &json!(1)));
    let found = sql["found"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    assert!(found[0].as_str().unwrap().ends_with("1.sql:3: TRUNCATE a, b"), "{}", found[0]);
}

#[test]
fn what_is_no_sql_never_passes() {
    let finding = found("CREATE TABEL a (id int)");
    let error = finding.attributes["error"].as_str().unwrap();
    assert!(error.contains("Line: 1"), "{error}");
    let rule = "sql.drops == 0";
    let policies = Policies::new([("expect", rule)]).unwrap();
    let holds = |finding: &Finding| {
        policies.holds(rule, &Facts::from(&finding.attributes), Time::default())
    };
    assert!(!holds(&finding));
    assert!(holds(&found("CREATE TABLE a (id int)")));
    assert!(!holds(&found("DROP TABLE a")));
}

#[test]
fn a_file_that_is_not_there_is_the_plans_mistake() {
    let failure = look(&["no/such.sql".to_owned()]).unwrap_err();
    assert!(failure.message.starts_with("`no/such.sql` cannot be read: "), "{}", failure.message);
}
