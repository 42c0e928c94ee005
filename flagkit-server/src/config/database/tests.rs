use std::path::PathBuf;

use super::Database;

#[test]
fn a_path_is_a_sqlite_file_and_a_url_a_postgresql_database() {
    let path = |path: &str| Ok(Database::Sqlite(PathBuf::from(path)));
    assert_eq!("flags.db".parse(), path("flags.db"));
    assert_eq!("sqlite:/var/lib/flags.db".parse(), path("/var/lib/flags.db"));
    for url in ["postgres://localhost/flags", "postgresql://u:p@h:5432/d?sslmode=require"] {
        assert_eq!(url.parse(), Ok(Database::Postgres(url.to_owned())));
    }
    for wrong in ["", "sqlite:", "mysql://localhost/flags"] {
        assert!(wrong.parse::<Database>().is_err(), "{wrong}");
    }
}

#[test]
fn no_password_is_shown() {
    let urls = [
        "postgres://ada:s3cret@db.example:5432/flags?sslmode=require",
        "postgres://db.example:5432/flags?user=ada&password=s3cret",
        "postgres://ada:s3cret@more@db.example:5432/flags",
    ];
    for url in urls {
        let database: Database = url.parse().unwrap();
        assert_eq!(database.to_string(), "postgres://db.example:5432/flags");
        assert_eq!(format!("{database:?}"), database.to_string());
    }
}
