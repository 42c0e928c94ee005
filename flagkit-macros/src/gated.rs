//! `#[gated("flag", otherwise = …)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprPath, FnArg, Ident, ItemFn, LitStr, Pat, Result, Token};

/// What stands in the parentheses.
pub(crate) struct Gate {
    flag: LitStr,
    otherwise: ExprPath,
    context: Option<Expr>,
}

impl Parse for Gate {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let flag: LitStr = input.parse()?;
        let (mut otherwise, mut context) = (None, None);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            if name == "otherwise" {
                otherwise = Some(input.parse()?);
            } else if name == "context" {
                context = Some(input.parse()?);
            } else {
                return Err(Error::new(name.span(), "expected `otherwise` or `context`"));
            }
        }
        let otherwise = otherwise.ok_or_else(|| {
            Error::new(flag.span(), "say what runs where the flag is off: `otherwise = function`")
        })?;
        Ok(Self { flag, otherwise, context })
    }
}

pub(crate) fn expand(gate: &Gate, function: ItemFn) -> Result<TokenStream> {
    let ItemFn { attrs, vis, sig, block, .. } = function;
    let arguments = sig.inputs.iter().map(argument).collect::<Result<Vec<_>>>()?;
    let Gate { flag, otherwise, .. } = gate;
    let context = match &gate.context {
        Some(context) => quote! { &#context },
        None if arguments.iter().any(|name| name == "context") => quote! { &context },
        None => quote! { &() },
    };
    let wait = sig.asyncness.map(|_| quote! { .await });
    Ok(quote! {
        #(#attrs)*
        #vis #sig {
            if !::flagkit::is_enabled(#flag, #context) {
                return #otherwise(#(#arguments),*) #wait;
            }
            #block
        }
    })
}

fn argument(argument: &FnArg) -> Result<Ident> {
    match argument {
        FnArg::Receiver(receiver) => Ok(Ident::new("self", receiver.self_token.span)),
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) if name.subpat.is_none() => Ok(name.ident.clone()),
            pattern => {
                let why = "give the parameter a plain name: it is passed on to `otherwise`";
                Err(Error::new(pattern.span(), why))
            }
        },
    }
}
