//! Rules for Prometheus, checked by its own tool.

use std::process::Command;

use flagkit_deploy::config::prometheus_rules;

use crate::release_files::runs;

/// B21: a rate of some labels divided by one of others matches nothing. Here both sides are sums.
#[test]
fn b21_shares_are_sums_divided_by_sums() {
    let text = include_str!("../../../examples/releases/canary.yaml");
    let rules = prometheus_rules(&runs(text)).unwrap();
    assert!(rules.contains(
        r#"sum(sum(increase(http_requests_total{server=\"canary\",code=~\"5..\"}[2m]))) / sum("#
    ));

    let path = std::env::temp_dir().join(format!("flagkit-rules-{}.json", std::process::id()));
    std::fs::write(&path, &rules).unwrap();
    let output = Command::new("promtool").args(["check", "rules"]).arg(&path).output();
    std::fs::remove_file(&path).unwrap();
    let output =
        output.expect("promtool: run `cargo xtask setup`, or install Debian's package prometheus");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{rules}");
    // Two metrics of two arms, and a limit for each metric of the new one.
    assert!(said.contains("6 rules found"), "{said}");
}

#[test]
fn metrics_that_are_pushed_need_no_rules() {
    let text = include_str!("../../../examples/releases/flag-ramp.yaml");
    assert_eq!(prometheus_rules(&runs(text)), None);
}
