//! `#[derive(Attributes)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Result};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "only a struct with named fields has attributes"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "the fields need names: they name the attributes"));
    };
    let fields = fields.named.iter().map(Attribute::of).collect::<Result<Vec<_>>>()?;
    let keys: Vec<&Attribute<'_>> = fields.iter().filter(|field| field.is_key).collect();
    if let [_, second, ..] = keys.as_slice() {
        return Err(Error::new(second.field.span(), "there can be only one `#[flag(key)]`"));
    }
    let (name, generics) = (&input.ident, &input.generics);
    let (implementation, types, bounds) = generics.split_for_impl();
    let targeting_key = keys.first().map(|key| key.targeting_key());
    let found = fields.iter().filter(|field| field.is_asked()).map(Attribute::found);
    let visited = fields.iter().filter(|field| field.is_listed()).map(Attribute::visited);
    Ok(quote! {
        impl #implementation ::flagkit::Attributes for #name #types #bounds {
            fn attribute(&self, name: &str) -> ::core::option::Option<::flagkit::ValueRef<'_>> {
                match name {
                    #(#found)*
                    _ => ::core::option::Option::None,
                }
            }

            fn each_attribute(&self, visit: &mut dyn FnMut(&str, ::flagkit::ValueRef<'_>)) {
                #(#visited)*
            }

            #targeting_key
        }

        impl #implementation ::flagkit::AttributeValue for #name #types #bounds {
            fn as_value(&self) -> ::flagkit::ValueRef<'_> {
                ::flagkit::ValueRef::Structure(self)
            }
        }
    })
}

/// A field and what its `#[flag(…)]` says.
struct Attribute<'a> {
    field: &'a Ident,
    name: String,
    is_key: bool,
    is_private: bool,
    is_skipped: bool,
}

impl<'a> Attribute<'a> {
    fn of(field: &'a Field) -> Result<Self> {
        let Some(ident) = &field.ident else {
            return Err(Error::new(field.span(), "the field needs a name"));
        };
        let name = ident.to_string().trim_start_matches("r#").to_owned();
        let mut attribute =
            Self { field: ident, name, is_key: false, is_private: false, is_skipped: false };
        for said in field.attrs.iter().filter(|said| said.path().is_ident("flag")) {
            said.parse_nested_meta(|meta| {
                if meta.path.is_ident("key") {
                    attribute.is_key = true;
                } else if meta.path.is_ident("private") {
                    attribute.is_private = true;
                } else if meta.path.is_ident("skip") {
                    attribute.is_skipped = true;
                } else if meta.path.is_ident("name") {
                    attribute.name = meta.value()?.parse::<LitStr>()?.value();
                } else {
                    return Err(meta.error("expected `key`, `name = \"…\"`, `private` or `skip`"));
                }
                Ok(())
            })?;
        }
        if attribute.is_key && attribute.is_private {
            let text = "a targeting key is no private attribute: servers are told who sees a \
                        tracked flag. `Options::hash_targeting_keys` lets them know a hash only";
            return Err(Error::new(field.span(), text));
        }
        Ok(attribute)
    }

    fn is_asked(&self) -> bool {
        !self.is_key && !self.is_skipped
    }

    fn is_listed(&self) -> bool {
        self.is_asked() && !self.is_private
    }

    fn found(&self) -> TokenStream {
        let (name, value) = (&self.name, self.value());
        quote! { #name => ::core::option::Option::Some(#value), }
    }

    fn visited(&self) -> TokenStream {
        let (name, value) = (&self.name, self.value());
        quote! { visit(#name, #value); }
    }

    fn targeting_key(&self) -> TokenStream {
        let value = self.value();
        quote! {
            fn targeting_key(&self) -> ::core::option::Option<::flagkit::ValueRef<'_>> {
                ::core::option::Option::Some(#value)
            }
        }
    }

    fn value(&self) -> TokenStream {
        let field = self.field;
        quote! { ::flagkit::AttributeValue::as_value(&self.#field) }
    }
}
