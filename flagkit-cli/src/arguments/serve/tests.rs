use super::*;

fn parse(arguments: &[&str]) -> Result<Vec<(String, String)>, Error> {
    let command = Serve::augment_args(Command::new("serve").no_binary_name(true));
    let matches = command.try_get_matches_from(arguments)?;
    Serve::from_arg_matches(&matches).map(|serve| serve.options)
}

#[test]
fn what_is_given_is_handed_on_as_it_was_written() {
    assert_eq!(parse(&[]).unwrap(), []);
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let given = parse(&["--dev", "--heartbeat", "5s", "--database=postgres://db/flags"]).unwrap();
    let expected =
        [pair("database", "postgres://db/flags"), pair("heartbeat", "5s"), pair("dev", "true")];
    assert_eq!(given, expected);
    assert!(parse(&["--hartbeat", "5s"]).unwrap_err().to_string().contains("'--heartbeat'"));
}

/// Whoever adds a setting also writes its line in `docs/server.md`.
#[test]
fn the_page_has_a_line_for_each_setting() {
    let page = include_str!("../../../../docs/server.md");
    for setting in SETTINGS {
        let Setting { name, value, default, help, .. } = setting;
        let bars = |text: &str| text.replace('|', "\\|");
        let value = if is_switch(setting) { String::new() } else { format!(" {}", bars(value)) };
        let default = match *default {
            default if default.is_empty() || is_switch(setting) => " ".to_owned(),
            default => format!(" `{default}` "),
        };
        let line = format!("| `--{name}{value}` |{default}| {} |\n", bars(help));
        assert!(page.contains(&line), "{line}");
    }
}
