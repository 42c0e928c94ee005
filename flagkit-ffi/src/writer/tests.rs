use super::*;

#[test]
fn pieces_are_written_one_after_the_other_and_cut_as_a_whole() {
    let value = flagkit::value_from_text(r#"{"name": "größer", "list": [1, true]}"#).unwrap();
    let whole = r#"{"list":[1,true],"name":"größer"}"#;
    assert_eq!(value.to_string(), whole);
    for capacity in 0..whole.len() + 3 {
        let mut buffer = vec![c_char::MAX; capacity];
        // SAFETY: the buffer is that long.
        let length = unsafe { write(&value, buffer.as_mut_ptr(), capacity) };
        assert_eq!(length, whole.len());
        let bytes: Vec<u8> = buffer.iter().map(|letter| letter.cast_unsigned()).collect();
        let Some(end) = bytes.iter().position(|byte| *byte == 0) else {
            assert_eq!(capacity, 0);
            continue;
        };
        let text = std::str::from_utf8(&bytes[..end]).unwrap();
        assert!(whole.starts_with(text), "{text}");
        // At most the second byte of the `ß` or `ö` is missing.
        assert!(text.len() + 2 >= capacity.min(whole.len()), "{capacity}: {text}");
    }
}

#[test]
fn nothing_at_all_is_an_empty_text() {
    let mut buffer = [c_char::MAX; 2];
    // SAFETY: the buffer is that long.
    assert_eq!(unsafe { write(&"", buffer.as_mut_ptr(), 2) }, 0);
    assert_eq!(buffer[0], 0);
}
