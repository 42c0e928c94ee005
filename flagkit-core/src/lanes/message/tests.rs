use super::*;

#[test]
fn texts_of_every_length_are_copied_whole() {
    let text: Vec<u8> = (1..=64).collect();
    for len in 0..=64 {
        let mut place = vec![0; len];
        copy_short(&text[..len], &mut place);
        assert_eq!(place, text[..len]);
    }
}

#[test]
fn fifty_five_bytes_are_the_longest_message_of_one_block() {
    for (prefix, subject, suffix) in [("", 55, ""), ("a:", 50, ":xy"), ("a:", 53, "")] {
        let complete = |subject: usize| {
            let mut block = [0xff; 64];
            begin(&mut block, prefix.as_bytes()).unwrap();
            let subject = vec![b's'; subject];
            let len = complete(&mut block, prefix.len(), &subject, suffix.as_bytes())?;
            assert_eq!(&block[..len], [prefix.as_bytes(), &subject, suffix.as_bytes()].concat());
            assert_eq!((block[len], &block[len + 1..]), (0x80, vec![0; 63 - len].as_slice()));
            Some(len)
        };
        assert_eq!((complete(subject), complete(subject + 1)), (Some(55), None));
    }
}
