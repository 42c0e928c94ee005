use super::*;

#[test]
fn every_step_changes_the_revision_and_the_rollout() {
    assert_eq!(text(0).matches("revision: 42\n").count(), 1);
    assert_eq!(text(0).matches("rollout_percentage: 10.0\n").count(), 1);
    let last = text(STEPS);
    assert!(last.contains("revision: 192\n"));
    assert!(last.contains("rollout_percentage: 25.0\n"));
    assert_eq!(last.lines().count(), FLAGS.lines().count());
}

#[test]
fn nobody_leaves_and_no_answer_is_torn() {
    let users = crate::demo::users::generate(2_000, 2);
    let raised = run(&users, 2).unwrap();
    assert_eq!(raised.left, 0);
    assert!(raised.before > 100 && raised.joined.len() > 150);
    assert!(raised.readings.iter().all(|reading| reading.torn == 0));
}
