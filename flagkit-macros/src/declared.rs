//! `flags! { … }`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, LitStr, Result, Token, Visibility, braced};

/// All declarations of one macro call.
pub(crate) struct Declared {
    flags: Vec<DeclaredFlag>,
}

struct DeclaredFlag {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    kind: Kind,
    default: Expr,
    key: Option<LitStr>,
    owner: Option<LitStr>,
    expires: Option<LitStr>,
}

enum Kind {
    Named(Ident),
    Choices { name: Ident, choices: Vec<Choice> },
}

struct Choice {
    attributes: Vec<Attribute>,
    name: Ident,
    text: LitStr,
}

impl Parse for Declared {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let flags = Punctuated::<DeclaredFlag, Token![;]>::parse_terminated(input)?;
        Ok(Self { flags: flags.into_iter().collect() })
    }
}

impl Parse for DeclaredFlag {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let kind = input.parse()?;
        input.parse::<Token![=]>()?;
        let default = input.parse()?;
        let (key, owner, expires) = (None, None, None);
        let mut flag = Self { attributes, visibility, name, kind, default, key, owner, expires };
        while input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            flag.option(input)?;
        }
        Ok(flag)
    }
}

impl DeclaredFlag {
    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let text: LitStr = input.parse()?;
        let place = match name.to_string().as_str() {
            "key" => &mut self.key,
            "owner" => &mut self.owner,
            "expires" if is_day(&text.value()) => &mut self.expires,
            "expires" => return Err(Error::new(text.span(), "write the day as `YYYY-MM-DD`")),
            _ => return Err(Error::new(name.span(), "expected `key`, `owner` or `expires`")),
        };
        *place = Some(text);
        Ok(())
    }
}

impl Parse for Kind {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Token![enum]) {
            let name: Ident = input.parse()?;
            let is_known = ["bool", "i64", "f64", "Str"].iter().any(|known| name == known);
            let error = "a flag is a `bool`, `i64`, `f64`, `Str`, or an `enum Name { … }` of texts";
            return if is_known {
                Ok(Self::Named(name))
            } else {
                Err(Error::new(name.span(), error))
            };
        }
        input.parse::<Token![enum]>()?;
        let name = input.parse()?;
        let content;
        braced!(content in input);
        let choices = Punctuated::<Choice, Token![,]>::parse_terminated(&content)?;
        Ok(Self::Choices { name, choices: choices.into_iter().collect() })
    }
}

impl Parse for Choice {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { attributes, name, text: input.parse()? })
    }
}

pub(crate) fn expand(declared: &Declared) -> TokenStream {
    let flags = declared.flags.iter().map(expand_flag);
    let names = declared.flags.iter().map(|flag| &flag.name);
    quote! {
        #(#flags)*

        /// All flags that are declared here, for `flagkit::verify`.
        pub static DECLARED_FLAGS: &[&dyn ::flagkit::DeclaredFlag] = &[#(&#names),*];
    }
}

fn expand_flag(flag: &DeclaredFlag) -> TokenStream {
    let DeclaredFlag { attributes, visibility, name, kind, default, owner, expires, .. } = flag;
    let key = flag.key.as_ref().map_or_else(|| key_of(name), LitStr::value);
    let (kind, definition) = match kind {
        Kind::Named(kind) if kind == "Str" => (quote! { ::flagkit::Str }, None),
        Kind::Named(kind) => (quote! { #kind }, None),
        Kind::Choices { name, choices } => {
            (quote! { #name }, Some(expand_choices(visibility, name, choices)))
        }
    };
    let owner = owner.as_ref().map(|owner| quote! { .with_owner(#owner) });
    let expires = expires.as_ref().map(|day| quote! { .with_expiry(#day) });
    let about = format!("The flag `{key}`.");
    let about = attributes.is_empty().then(|| quote! { #[doc = #about] });
    quote! {
        #definition

        #about
        #(#attributes)*
        #visibility static #name: ::flagkit::FlagHandle<#kind> =
            ::flagkit::FlagHandle::new(#key, #default) #owner #expires;
    }
}

fn expand_choices(visibility: &Visibility, name: &Ident, choices: &[Choice]) -> TokenStream {
    let names: Vec<&Ident> = choices.iter().map(|choice| &choice.name).collect();
    let texts: Vec<&LitStr> = choices.iter().map(|choice| &choice.text).collect();
    let abouts = choices.iter().map(|choice| {
        let text = format!("`{}`.", choice.text.value());
        choice.attributes.is_empty().then(|| quote! { #[doc = #text] })
    });
    let attributes = choices.iter().map(|choice| &choice.attributes);
    let about = format!("What the flag `{name}` can be.");
    let kind = format_ident!("{name}");
    quote! {
        #[doc = #about]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[allow(clippy::exhaustive_enums, reason = "the declaration lists all there are")]
        #visibility enum #kind {
            #(#abouts #(#attributes)* #names,)*
        }

        impl ::flagkit::FlagValue for #kind {
            type Declared = Self;
            const KIND: &'static str = "one of several texts";

            fn read(value: &::flagkit::Value) -> ::core::option::Option<Self> {
                match value.as_str()? {
                    #(#texts => ::core::option::Option::Some(Self::#names),)*
                    _ => ::core::option::Option::None,
                }
            }

            fn from_declared(declared: Self) -> Self {
                declared
            }

            fn choices() -> ::core::option::Option<&'static [&'static str]> {
                ::core::option::Option::Some(&[#(#texts),*])
            }
        }
    }
}

/// `NEW_CHECKOUT` stands for `new-checkout`.
fn key_of(name: &Ident) -> String {
    name.to_string().to_lowercase().replace('_', "-")
}

fn is_day(text: &str) -> bool {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"0000-00-00")
}
