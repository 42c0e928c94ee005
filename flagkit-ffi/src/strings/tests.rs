use super::*;

#[test]
fn texts_are_copied_as_snprintf_does_and_cut_between_characters() {
    // `ö` has two bytes.
    let cases = [("blue", 5, "blue"), ("blue", 4, "blu"), ("blue", 1, ""), ("böe", 3, "b")];
    for (text, capacity, expected) in cases {
        let mut buffer = [c_char::MAX; 8];
        // SAFETY: the buffer is longer than every capacity of the cases.
        let length = unsafe { copy(text, buffer.as_mut_ptr(), capacity) };
        assert_eq!(length, text.len());
        // SAFETY: `copy` ends what it writes with a NUL.
        let copied = unsafe { CStr::from_ptr(buffer.as_ptr()) };
        assert_eq!(copied.to_str(), Ok(expected));
    }
    // SAFETY: a capacity of 0 has no bytes.
    assert_eq!(unsafe { copy("blue", ptr::null_mut(), 0) }, 4);
}

#[test]
fn views_that_cannot_be_read_are_told_apart() {
    let read = |bytes: &[u8]| {
        let view = flagkit_str { ptr: bytes.as_ptr().cast(), len: bytes.len() };
        // SAFETY: the bytes are there for the whole closure.
        unsafe { view.required() }.map(str::to_owned)
    };
    assert_eq!(read("größer".as_bytes()), Ok("größer".to_owned()));
    assert_eq!(read(b""), Ok(String::new()));
    assert_eq!(read(b"\xff"), Err(FLAGKIT_INVALID_UTF8));
    let absent = flagkit_str { ptr: ptr::null(), len: 3 };
    // SAFETY: NULL is looked at first.
    assert_eq!(unsafe { absent.optional() }, Err(FLAGKIT_NULL_PARAMETER));
    // SAFETY: as above.
    assert_eq!(unsafe { flagkit_str::NONE.optional() }, Ok(None));
    let endless = flagkit_str { ptr: b"a".as_ptr().cast(), len: usize::MAX };
    // SAFETY: the length is looked at first.
    assert_eq!(unsafe { endless.required() }, Err(FLAGKIT_LIMIT_EXCEEDED));
}
