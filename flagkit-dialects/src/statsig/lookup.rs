//! Where a condition finds facts about the user.

use flagkit_core::Value;
use flagkit_core::document::Lookup;

/// A field of the user, wherever it may stand: built in, custom or private.
pub(super) fn field(name: &str) -> Lookup {
    let lowered = name.to_lowercase();
    let built_in = BUILT_IN.iter().find(|(known, ..)| *known == lowered);
    let mut places: Vec<Lookup> = built_in
        .map(|(_, attribute)| Lookup::NotEmpty(Box::new(known(attribute))))
        .into_iter()
        .collect();
    for object in ["custom", "privateAttributes"] {
        places.extend(member(object, name, &lowered));
    }
    let other = OTHER_NAMES.iter().find(|(known, _)| *known == lowered);
    places.extend(other.map(|(_, attribute)| known(attribute)));
    // For contexts that were not made by this dialect: attributes stand side by side.
    if !RESERVED.contains(&name) && built_in.is_none() {
        places.push(Lookup::Name(name.to_owned()));
    }
    Lookup::FirstOf(places)
}

/// The id that is bucketed.
pub(super) fn unit(id_type: &str) -> Lookup {
    let lowered = id_type.to_lowercase();
    if lowered == "userid" {
        // A user without id has the empty one.
        return Lookup::FirstOf(vec![known(USER_ID), empty()]);
    }
    Lookup::FirstOf(member("customIDs", id_type, &lowered))
}

/// The same for hashing: who lacks the id is bucketed as the empty text.
pub(super) fn subject(id_type: &str) -> Lookup {
    Lookup::FirstOf(vec![unit(id_type), empty()])
}

fn empty() -> Lookup {
    Lookup::Constant(Value::from(""))
}

/// A field of the environment that the user is said to be in.
pub(super) fn environment(name: &str) -> Lookup {
    Lookup::Path(vec!["statsigEnvironment".to_owned(), name.to_owned()])
}

/// Nothing at all.
pub(super) fn nothing() -> Lookup {
    Lookup::FirstOf(Vec::new())
}

fn known(attribute: &str) -> Lookup {
    let named = Lookup::Name(attribute.to_owned());
    match attribute {
        USER_ID => Lookup::FirstOf(vec![named, Lookup::TargetingKey]),
        _ => named,
    }
}

/// The member of this name, or else of the same name in lower case.
fn member(object: &str, name: &str, lowered: &str) -> Vec<Lookup> {
    let path = |name: &str| Lookup::Path(vec![object.to_owned(), name.to_owned()]);
    if name == lowered { vec![path(name)] } else { vec![path(name), path(lowered)] }
}

pub(super) const USER_ID: &str = "userID";
/// What is built in, in lower case, and the attribute that holds it.
const BUILT_IN: [(&str, &str); 7] = [
    ("userid", USER_ID),
    ("email", "email"),
    ("ip", "ip"),
    ("country", "country"),
    ("locale", "locale"),
    ("appversion", "appVersion"),
    ("useragent", "userAgent"),
];
/// Other spellings, which give way to custom fields.
const OTHER_NAMES: [(&str, &str); 3] =
    [("user_id", USER_ID), ("app_version", "appVersion"), ("user_agent", "userAgent")];
/// Attributes that are objects with fields inside.
const RESERVED: [&str; 4] = ["custom", "customIDs", "privateAttributes", "statsigEnvironment"];
