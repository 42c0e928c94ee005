//! Derives and attributes of the crate `flagkit`, which re-exports all of them.

#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod attributes;
mod declared;
mod gated;

/// Makes a struct an evaluation context, or an object inside one, without copying it.
///
/// Every field is an attribute under its own name and must be an `AttributeValue`: a
/// number, a boolean, text, a list of texts, an option of these, or another struct
/// with this derive. On a field:
///
/// * `#[flag(key)]`: it is the targeting key (and not an attribute besides),
/// * `#[flag(name = "…")]`: its attribute has another name,
/// * `#[flag(private)]`: rules may test it, but it is never listed or printed; a targeting key is
///   not private,
/// * `#[flag(skip)]`: it is not an attribute.
///
/// ```
/// use flagkit::Attributes;
///
/// #[derive(Attributes)]
/// struct Device { os: String }
///
/// #[derive(Attributes)]
/// struct User {
///     #[flag(key)]
///     id: u64,
///     plan: Option<String>,
///     device: Device,
///     #[flag(private)]
///     email: String,
/// }
///
/// let device = Device { os: "iOS".into() };
/// let user = User { id: 42, plan: None, device, email: "a@b.example".into() };
/// assert!(!flagkit::is_enabled("new-checkout", &user));
/// ```
#[proc_macro_derive(Attributes, attributes(flag))]
pub fn derive_attributes(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).and_then(|input| attributes::expand(&input)))
}

/// Declares flags with their types and defaults.
///
/// Each becomes a static `FlagHandle`; all of them together are `DECLARED_FLAGS`, for
/// `flagkit::verify`. The key is the name in lower case with dashes, unless `key = "…"`
/// says otherwise. Types are `bool`, `i64`, `f64`, `Str`, and enums of texts, which are
/// declared on the spot.
///
/// ```
/// flagkit::flags! {
///     /// The new checkout. Remove after the rollout.
///     pub NEW_CHECKOUT: bool = false, owner = "payments", expires = "2027-03-01";
///     pub UPLOAD_MB: i64 = 10;
///     pub HERO_COLOR: Str = "blue", key = "hero.color";
///     pub LAYOUT: enum Layout { Classic = "classic", Wide = "wide" } = Layout::Classic;
/// }
///
/// assert_eq!(UPLOAD_MB.get(&()), 10);
/// assert_eq!(LAYOUT.get(&()), Layout::Classic);
/// assert_eq!(NEW_CHECKOUT.key(), "new-checkout");
/// assert_eq!(DECLARED_FLAGS.len(), 4);
/// ```
#[proc_macro]
pub fn flags(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).map(|declared| declared::expand(&declared)))
}

/// Runs a function only where a flag is on, another one in its place otherwise.
///
/// `otherwise` names a function (or `Self::method`) that takes the same arguments. The
/// context is the parameter called `context`, or the expression after `context =`, or
/// nobody. Works for async functions and methods too.
///
/// ```
/// fn old_greeting(name: &str) -> String { format!("Hello {name}") }
///
/// #[flagkit::gated("new-greeting", otherwise = old_greeting)]
/// fn greeting(name: &str) -> String { format!("Hi {name}!") }
///
/// assert_eq!(greeting("Ada"), "Hello Ada");
/// let _on = flagkit::testing::with("new-greeting", true);
/// assert_eq!(greeting("Ada"), "Hi Ada!");
/// ```
#[proc_macro_attribute]
pub fn gated(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let expanded = syn::parse(arguments)
        .and_then(|gate| syn::parse(item).and_then(|function| gated::expand(&gate, function)));
    expand(expanded)
}

fn expand(expanded: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}
