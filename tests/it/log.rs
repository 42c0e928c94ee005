//! Who hears the lines of the log.

use std::sync::mpsc;

use flagkit::{Client, Log};

#[test]
fn lines_go_to_whoever_wants_them() {
    let folder = std::env::temp_dir().join(format!("flagkit-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("flags.yaml");
    std::fs::write(&file, "schema: flagkit/1\nflags: {}").unwrap();
    let (sender, lines) = mpsc::channel();
    let (_client, _watching) = Client::builder()
        .options(|options| {
            options.log_to(move |level, line| {
                sender.send((level, line.to_owned())).unwrap();
                panic!("this disturbs nobody");
            })
        })
        .file(&file)
        .unwrap();
    for broken in ["flags: [", "flags: ]"] {
        std::fs::write(&file, broken).unwrap();
        let (level, line) = lines.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
        assert_eq!(level, Log::Warn);
        assert!(line.contains("keeping the flags as they were"), "{line}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
