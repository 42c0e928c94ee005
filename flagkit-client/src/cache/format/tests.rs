use super::*;

fn entry() -> Entry {
    Entry {
        owner: Owner::new("https://flags.example.com", "secret", Dialect::Native, Some("staging")),
        version: "k3v9:12".parse().ok(),
        environment: Some("staging".to_owned()),
        etag: None,
        saved_at_ms: 1_780_000_000_000,
        text: "{\"flags\":{}}\nand a second line".to_owned(),
    }
}

#[test]
fn what_is_written_can_be_read() {
    let others = [
        Entry { version: None, environment: None, etag: Some("\"ä\"".to_owned()), ..entry() },
        entry(),
    ];
    for entry in others {
        assert_eq!(Entry::parse(&entry.to_bytes()), Ok(entry));
    }
}

#[test]
fn every_flipped_bit_and_every_lost_byte_is_noticed() {
    let bytes = entry().to_bytes();
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        assert!(Entry::parse(&flipped).is_err(), "bit of byte {place}");
        assert!(Entry::parse(&bytes[..place]).is_err(), "only {place} bytes");
    }
    assert!(Entry::parse(&[&bytes[..], b"x"].concat()).is_err());
    assert!(Entry::parse(&vec![b'x'; Entry::BYTES_MAX + 1]).is_err());
}

#[test]
fn a_key_is_neither_in_the_file_nor_in_its_name() {
    let file = String::from_utf8(entry().to_bytes()).unwrap();
    assert!(!file.contains("secret"), "{file}");
    let names: Vec<String> = ["secret", "secret2"]
        .map(|key| Owner::new("https://a", key, Dialect::Native, None).file_name())
        .into();
    assert_ne!(names[0], names[1]);
    // The first eight bytes of `printf secret | sha256sum`.
    assert_eq!(entry().owner.key, "2bb80d537b1da3e3");
}
