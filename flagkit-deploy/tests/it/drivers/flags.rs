//! Flags in a file: one rule changes, and whoever reads the file at any time reads a whole document.

use std::fs;

use flagkit_deploy::driver::Driver;
use flagkit_deploy::driver::flags::{Flags, Place};
use flagkit_deploy::order::Wanted;
use flagkit_dialects::{Dialect, Settings, decode};
use serde_json::json;

use super::{carried_out, plan, split, wait};

const DOCUMENT: &str = r#"{"schema":"flagkit/1","flags":{"other":{"enabled":false},"shop":{"enabled":true,
  "variants":{"stable":{},"canary":{}},"targeting_rules":[{"id":"release"}]}}}"#;

#[test]
fn orders_for_two_flags_in_one_file_do_not_take_each_other_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flags.json");
    let flag = |key: &str| {
        let definition = r#"{"enabled":true,"variants":{"stable":{},"canary":{}},"targeting_rules":[{"id":"release"}]}"#;
        format!("\"{key}\":{definition}")
    };
    let flags: Vec<String> = (0..8).map(|number| flag(&format!("f{number}"))).collect();
    fs::write(&path, format!("{{\"flags\":{{{}}}}}", flags.join(","))).unwrap();
    let driver = std::sync::Arc::new(Flags::new(Place::File(path.clone())));
    wait(async {
        let mut orders = tokio::task::JoinSet::new();
        for number in 0..8 {
            let driver = driver.clone();
            let mut order = split(250_000);
            if let Wanted::Split { route, .. } = &mut order.wanted {
                *route = format!("f{number}");
            }
            orders.spawn(async move { driver.apply(&order, &plan(json!({}))).await.unwrap() });
        }
        assert_eq!(orders.join_all().await.len(), 8);
    });
    assert_eq!(fs::read_to_string(path).unwrap().matches("\"canary\":250000").count(), 8);
}

#[test]
fn a_file_is_replaced_in_one_step_while_others_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flags.json");
    fs::write(&path, DOCUMENT).unwrap();
    let driver = Flags::new(Place::File(path.clone()));
    let plan = plan(json!({}));
    wait(carried_out(&driver, &split(10_000), &plan)).unwrap();
    let read = path.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        let mut times = 0;
        while stopped.try_recv().is_err() {
            let text = fs::read_to_string(&read).unwrap();
            assert_eq!(
                decode(Dialect::Native, &text, &Settings::default()).unwrap().diagnostics,
                []
            );
            times += 1;
        }
        times
    });
    for canary in 1..=100 {
        wait(driver.apply(&split(canary * 1000), &plan)).unwrap();
    }
    stop.send(()).unwrap();
    assert!(reader.join().unwrap() > 0);
    let text = fs::read_to_string(&path).unwrap();
    let rollout = r#"{"rollout":{"variants":{"canary":100000,"stable":900000}},"id":"release"}"#;
    assert_eq!(text, DOCUMENT.replace(r#"{"id":"release"}"#, rollout));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}
