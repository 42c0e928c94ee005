use flagkit::{Client, ErrorCode, FlagKey, Reason, testing};

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

#[test]
fn overrides_of_a_client_hold_on_all_threads_and_over_all_documents() {
    let first = "schema: flagkit/1\nflags: {beta: {enabled: false}, other: {enabled: true, rollout_percentage: 100}}";
    let client = Client::from_text(first).unwrap();
    let (beta, late) = (FlagKey::new("beta"), FlagKey::new("late"));
    let (sender, changes) = std::sync::mpsc::channel();
    let _subscription = client.subscribe(move |change| sender.send(change.flags.clone()).unwrap());
    client.override_flag("beta", Some(true.into()));
    client.override_flag("color", Some("red".into()));
    let told: Vec<_> = changes.try_iter().flatten().collect();
    assert_eq!(told, ["beta", "color"]);
    let elsewhere = {
        let client = client.clone();
        std::thread::spawn(move || client.is_enabled("beta", &()))
    };
    assert!(elsewhere.join().unwrap() && client.is_enabled(&beta, &()));
    assert_eq!(client.string("color", &(), "blue"), "red");
    assert!(client.is_enabled("other", &()), "other flags are what the document says");

    // A key that comes while another is in its place must not be taken for it.
    let second = "schema: flagkit/1\nflags: {beta: {enabled: false}, late: {enabled: true, rollout_percentage: 100}}";
    client.replace(second).unwrap();
    assert!(client.is_enabled(&beta, &()) && client.is_enabled(&late, &()));
    assert!(!client.is_enabled("other", &()));
    client.override_flag("beta", Some(false.into()));
    assert!(!client.is_enabled(&beta, &()) && client.is_enabled(&late, &()));

    client.override_flag("color", None);
    client.override_flag("beta", None);
    client.replace(first).unwrap();
    assert_eq!(client.string("color", &(), "blue"), "blue");
    assert!(!client.is_enabled(&beta, &()) && !client.is_enabled(&late, &()));
    assert!(client.is_enabled("other", &()));
    assert_eq!(client.boolean_details(&beta, &(), true).reason, Reason::Disabled);
}

#[test]
fn overrides_of_a_client_are_counted_and_need_no_flags() {
    let client = Client::builder().options(flagkit::Options::offline).open().unwrap();
    client.count_usage();
    client.override_flag("beta", Some(true.into()));
    assert!(client.is_enabled("beta", &()) && !client.is_ready());
    assert_eq!(client.metrics().evaluations_by_reason["STATIC"], 1);
    client.replace("schema: flagkit/1\nflags: {}").unwrap();
    assert!(client.is_enabled("beta", &()) && client.is_ready());
    client.override_flag("beta", None);
    assert!(!client.is_enabled("beta", &()));
    assert_eq!(client.metrics().evaluations, 3);
}
