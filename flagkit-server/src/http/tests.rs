use super::TOO_MANY;

#[test]
fn the_answer_to_one_too_many_is_as_long_as_it_says() {
    let text = std::str::from_utf8(TOO_MANY).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    let problem: flagkit_protocol::Problem = serde_json::from_str(body).unwrap();
    assert_eq!(problem.code, "too_many_connections");
}
