use super::*;

#[test]
fn numbers_are_never_given_to_anything_else() {
    let numbers = [
        (FLAGKIT_OK, 0),
        (FLAGKIT_NULL_PARAMETER, 1),
        (FLAGKIT_INVALID_UTF8, 2),
        (FLAGKIT_INVALID_SIZE, 3),
        (FLAGKIT_INVALID_PARAMETER, 4),
        (FLAGKIT_LIMIT_EXCEEDED, 5),
        (FLAGKIT_UNKNOWN_FLAG_ID, 6),
        (FLAGKIT_IN_CALLBACK, 7),
        (FLAGKIT_PANIC, 8),
        (FLAGKIT_INVALID_JSON, 9),
        (FLAGKIT_INVALID_OPTIONS, 10),
        (FLAGKIT_IO, 11),
        (FLAGKIT_INVALID_DOCUMENT, 12),
        (FLAGKIT_REFUSED, 13),
    ];
    for (number, expected) in numbers {
        assert_eq!(number, expected);
        assert_ne!(text(number), text(u32::MAX), "{number} has no text");
    }
    assert_eq!(text(14), text(u32::MAX), "pin the new number here, too");
}

#[test]
fn the_text_of_an_error_ends_within_the_size_that_the_caller_gave() {
    let mut error = flagkit_error { size: 8 + 5, status: 99, text: [c_char::MAX; 1024] };
    let failed: Result<(), Failure> = Err(Failure::new(FLAGKIT_IO, "abcdefgh"));
    // SAFETY: the error is larger than its size says.
    let told = unsafe { report(failed, &raw mut error) };
    assert_eq!(told, Err(FLAGKIT_IO));
    assert_eq!((error.status, flagkit_last_status()), (FLAGKIT_IO, FLAGKIT_IO));
    let written = error.text.map(c_char::cast_unsigned);
    assert_eq!(written.first_chunk(), Some(b"abcd\0\x7f"));

    // SAFETY: as above.
    assert_eq!(unsafe { report(Ok(1), &raw mut error) }, Ok(1));
    assert_eq!((error.status, error.text.first()), (FLAGKIT_OK, Some(&0)));
}

#[test]
fn an_error_without_size_is_left_alone() {
    flagkit_clear_last_status();
    let mut error = flagkit_error { size: 0, status: 99, text: [1; 1024] };
    // SAFETY: a size of 0 is allowed to be wrong.
    let told = unsafe { report(Ok(()), &raw mut error) };
    assert_eq!((told, error.status), (Ok(()), 99));
    assert_eq!(flagkit_last_status(), FLAGKIT_INVALID_SIZE);
}
