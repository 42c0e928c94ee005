use super::*;

#[test]
fn every_line_that_is_not_blank_has_an_answer() {
    let lines = "\u{feff}{\"flag\":\"on\"}\r\n\n   \n{\"flag\":\"on\"}\nx";
    let mut out = Vec::new();
    let reader = BufReader::with_capacity(8, lines.as_bytes());
    each(reader, &mut out, |line, out| out.write_all(line)).map_err(drop).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "{\"flag\":\"on\"}\n{\"flag\":\"on\"}\nx\n");
}

#[test]
fn a_line_that_is_too_long_is_answered_in_pieces() {
    let lines = BufReader::new(io::repeat(b'x').take(LINE_BYTES_MAX + 5));
    let (mut out, mut lengths) = (Vec::new(), Vec::new());
    let count = |line: &[u8], _: &mut dyn Write| {
        lengths.push(line.len() as u64);
        Ok(())
    };
    each(lines, &mut out, count).map_err(drop).unwrap();
    assert_eq!(lengths, [LINE_BYTES_MAX, 5]);
}
