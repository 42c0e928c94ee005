use super::{shown, take_parameter};

#[test]
fn a_parameter_is_taken_out_of_a_url() {
    let cases = [
        ("postgres://h/d", "postgres://h/d", None),
        ("postgres://h/d?schema=shop", "postgres://h/d", Some("shop")),
        ("postgres://h/d?user=u&schema=shop&a=b", "postgres://h/d?user=u&a=b", Some("shop")),
        ("postgres://h/d?schemas=shop", "postgres://h/d?schemas=shop", None),
    ];
    for (url, rest, value) in cases {
        assert_eq!(take_parameter(url, "schema"), (rest.to_owned(), value.map(str::to_owned)));
    }
}

#[test]
fn no_part_of_a_password_is_shown() {
    let cases = [
        ("postgres://ada:s3cret@db.example:5432/flags?sslmode=require", "db.example:5432/flags"),
        ("postgres://db.example:5432/flags?user=ada&password=s3cret", "db.example:5432/flags"),
        ("postgres://ada:s3cret@more@db.example:5432/flags", "db.example:5432/flags"),
        ("postgres://ada:s3cret@one:1,two:2/flags", "one:1,two:2/flags"),
        ("postgres://ada:s3cret@[::1]:5432/flags", "[::1]:5432/flags"),
        ("postgres://ada:s3?cret@db/flags", "…"),
        ("postgres://ada:s3/cret@db/flags", "…"),
        ("postgres://ada:s3#cret@db/flags", "…"),
        ("postgres://ada:@s3/cret@db/flags", "…"),
        ("postgres://ada:s3cret", "…"),
        ("postgres://db/flags?password=s3@cret", "…"),
    ];
    for (url, place) in cases {
        assert_eq!(shown(url), format!("postgres://{place}"), "{url}");
    }
}
