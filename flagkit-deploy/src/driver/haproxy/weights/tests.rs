use super::*;
use crate::split::Weight;

fn one(ppm: &[u32]) -> Vec<u32> {
    whole_weights(&ppm.iter().map(|&ppm| Share { ppm, count: 1 }).collect::<Vec<_>>())
}

#[test]
fn nothing_and_all_are_exact_and_little_is_not_nothing() {
    assert_eq!(one(&[1_000_000, 0]), [256, 0]);
    assert_eq!(one(&[0, 1_000_000]), [0, 256]);
    assert_eq!(one(&[999_999, 1]), [256, 1]);
}

#[test]
fn shares_are_met_as_well_as_whole_numbers_can() {
    // 2 / 200 is 1 % exactly; 256 to 3 would be 1.16 %.
    assert_eq!(one(&[990_000, 10_000]), [198, 2]);
    assert_eq!(one(&[500_000, 500_000]), [256, 256]);
    // Four servers share what one gets: 4 · 25 to 1 · 100.
    let shares = [Share { ppm: 500_000, count: 4 }, Share { ppm: 500_000, count: 1 }];
    assert_eq!(whole_weights(&shares), [64, 256]);
}

#[test]
fn servers_that_get_more_come_first_and_numbers_are_members() {
    let state = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight\n\
                 3 shop 1 stable 127.0.0.1 2 0 256 1\n3 shop 2 canary-1 127.0.0.1 2 0 0 1\n\
                 3 shop 3 canary-2 127.0.0.1 2 0 0 1\n3 shop 4 canary-old 127.0.0.1 2 0 7 1\n";
    let servers = read(state);
    let split = Split::new(vec![Weight::NONE, Weight::ALL]).unwrap();
    let arms = ["stable".to_owned(), "canary".to_owned()];
    let commands = wanted(&servers, ("shop", &arms, &split)).unwrap();
    assert_eq!(
        commands,
        [
            "set server shop/canary-1 weight 256",
            "set server shop/canary-2 weight 256",
            "set server shop/stable weight 0",
        ]
    );
    let unknown = ["stable".to_owned(), "green".to_owned()];
    assert!(wanted(&servers, ("shop", &unknown, &split)).is_err());
}

#[test]
fn a_server_is_up_when_its_last_check_has_passed() {
    // As HAProxy 2.6 tells 0.15 s after its start, with a check each second; `none` has no check.
    let state = "1\n# srv_name srv_op_state srv_uweight srv_check_result srv_check_health srv_check_state\n\
                 new 2 1 0 1 6\nfailed 0 1 2 0 6\nfailing 2 1 2 2 6\npassed 2 1 3 3 6\n\
                 closing 2 1 4 3 7\nnone 2 1 0 2 0\noff 0 1 0 0 14\n";
    let up = read(state).into_iter().filter(|server| server.is_up).map(|server| server.name);
    assert_eq!(up.collect::<Vec<_>>(), ["passed", "closing", "none"]);
}

#[test]
fn no_command_gets_in_with_a_name() {
    assert!(checked_name("shop; shutdown sessions server x/y").is_err());
    assert!(checked_name("shop").is_ok());
}
