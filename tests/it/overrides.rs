use flagkit::{Client, ErrorCode, Reason, testing};

#[test]
fn overrides_hold_on_their_thread_until_dropped() {
    let client = Client::from_text("schema: flagkit/1\nflags: {}").unwrap();
    let on = testing::with("beta", true);
    assert!(client.is_enabled("beta", &()) && client.boolean("beta", &(), false));
    let elsewhere = {
        let client = client.clone();
        std::thread::spawn(move || client.is_enabled("beta", &()))
    };
    assert!(!elsewhere.join().unwrap(), "another thread sees nothing of it");
    {
        let _off = testing::with("beta", false);
        assert!(!client.is_enabled("beta", &()), "the later override wins");
    }
    assert!(client.is_enabled("beta", &()));
    let found = client.boolean_details("beta", &(), false);
    assert_eq!((found.reason, found.error), (Reason::Static, None));
    drop(on);
    assert!(!client.is_enabled("beta", &()));
}

#[test]
fn overrides_have_values_of_any_type() {
    let client = Client::from_text("schema: flagkit/1\nflags: {}").unwrap();
    let _color = testing::with("color", "red");
    let _size = testing::with("size", 3);
    assert_eq!(client.string("color", &(), "blue"), "red");
    assert_eq!(client.integer("size", &(), 1), 3);
    assert_eq!(client.integer_details("color", &(), 1).error, Some(ErrorCode::TypeMismatch));
    assert!(client.is_enabled("color", &()));
}
