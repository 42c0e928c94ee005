//! What docs/policies.md says about policies is so.

use std::collections::BTreeMap;

use flagkit_core::Timestamp;
use flagkit_deploy::calendar::Calendars;
use flagkit_deploy::plan::Calendar;
use flagkit_deploy::policy::{Facts, Policies, TriggerText};
use flagkit_deploy::{Span, Time};

const PAGE: &str = include_str!("../../../docs/policies.md");

/// The lines between fences of this kind.
fn lines(kind: &str) -> Vec<&'static str> {
    let mut inside = false;
    let opened = format!("```{kind}");
    let lines = PAGE.lines().filter(|line| {
        let was_inside = inside && *line != "```";
        inside = *line == opened || was_inside;
        was_inside
    });
    lines.filter(|line| !line.trim().is_empty()).collect()
}

fn tuesday() -> Time {
    let seconds = Timestamp::parse("2026-11-24T02:30:00Z").unwrap().unix_seconds();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    let ms = (seconds * 1000.0) as u64;
    Time::from_unix_ms(ms)
}

#[test]
fn each_condition_holds_as_the_page_says() {
    let facts: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&lines("json").join("\n")).unwrap();
    let facts = Facts::from(&facts);
    let lines = lines("policy");
    assert!(lines.len() >= 14);
    for line in lines {
        let (rule, holds) = line.rsplit_once('#').unwrap();
        let rule = rule.trim();
        let policies = Policies::new([(rule, rule)]).unwrap();
        let answer = policies.ask(rule, &facts, tuesday());
        assert_eq!(answer.holds, holds.trim() == "yes", "{}", answer.why);
        assert!(holds.trim() == "yes" || holds.trim() == "no");
    }
}

/// The matrix of the page answers for every pair, and only once.
#[test]
fn b18_the_risk_matrix_is_total() {
    let lines: Vec<(&str, &str)> =
        lines("matrix").into_iter().map(|line| line.rsplit_once('#').unwrap()).collect();
    let policies = Policies::new(lines.iter().map(|(rule, _)| (*rule, rule.trim()))).unwrap();
    let levels = ["low", "medium", "high"];
    for impact in 0..3 {
        for likelihood in 0..3 {
            let facts =
                [("impact", levels[impact].into()), ("likelihood", levels[likelihood].into())];
            let facts = Facts::from(facts);
            let holds = |rule: &str| policies.holds(rule.trim(), &facts, tuesday());
            let risks: Vec<&str> =
                lines.iter().filter(|(rule, _)| holds(rule)).map(|(_, risk)| risk.trim()).collect();
            let sum = impact + likelihood;
            let expected = ["low", "low", "medium", "high", "critical"][sum];
            assert_eq!(risks, [expected], "{} x {}", levels[impact], levels[likelihood]);
        }
    }
}

#[test]
fn each_trigger_counts_as_the_page_says() {
    let lines = lines("trigger");
    assert!(lines.len() >= 5);
    for line in lines {
        let (text, counted) = line.rsplit_once('#').unwrap();
        let trigger = TriggerText::read(text.trim(), Span::from_secs(10)).unwrap();
        let said = format!("{} within {}", trigger.times, trigger.within);
        assert_eq!(said, counted.trim(), "{text}");
        Policies::new([("triggers[0].rule", trigger.rule)]).unwrap();
    }
}

#[test]
fn each_entry_of_a_calendar_is_read_and_opens() {
    let lines = lines("calendar");
    assert!(lines.len() >= 13);
    for line in lines {
        let calendar = Calendar { open: vec![line.to_owned()], ..Calendar::default() };
        let calendars = Calendars::new(&BTreeMap::from([("c".to_owned(), calendar)])).unwrap();
        assert!(calendars.next_change(tuesday()).is_some(), "{line}");
    }
}
