use super::{from_text, to_text};
use crate::model::EnvironmentId;
use crate::store::Notice;

#[test]
fn servers_understand_each_other() {
    let document = Notice::Document { environment: EnvironmentId(3), version: 17 };
    assert_eq!(to_text(document), "document 3 17");
    for notice in [document, Notice::Environments, Notice::Keys] {
        assert_eq!(from_text(&to_text(notice)), Some(notice));
    }
}

#[test]
fn what_is_not_understood_is_not_passed_on() {
    for text in ["", "document", "document 3", "document x 1", "document 3 -1", "weather", "keys 1"]
    {
        assert_eq!(from_text(text), None, "{text}");
    }
}
