//! FlagKit itself, used as an application would use it.

use std::marker::PhantomData;

use flagkit::{
    Attributes, Client, Context, ContextRef, Dialect, Evaluations, Value, ValueRef, View,
};

use super::Contender;
use crate::scenario::Question;
use crate::scenario::expected::Served;
use crate::scenario::shape::Asked;
use crate::scenario::users::User;

/// How contexts look to the flags of one flag management system.
pub trait Words {
    /// Whose documents these are.
    const DIALECT: Dialect;

    /// The field that has the name of the variant, where values are objects.
    const PARAMETER: Option<&'static str> = None;

    /// A context that borrows from the user.
    type Context<'u>: Attributes;

    /// The user in the words of these flags.
    fn context(user: &User) -> Self::Context<'_>;
}

/// A borrowed context that can be kept: what a [`ContextRef`] borrows, in one place.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Borrowed<'u, const N: usize> {
    id: &'u str,
    attributes: [(&'u str, ValueRef<'u>); N],
}

impl<'u, const N: usize> Borrowed<'u, N> {
    /// A context for this id with these attributes.
    #[inline]
    pub fn new(id: &'u str, attributes: [(&'u str, ValueRef<'u>); N]) -> Self {
        Self { id, attributes }
    }

    #[inline]
    fn as_context(&self) -> ContextRef<'_> {
        ContextRef::new(self.id, &self.attributes)
    }
}

impl<'u> Borrowed<'u, 6> {
    /// The user as most systems write one: the id and all six attributes by their names.
    #[inline]
    pub fn of(user: &'u User) -> Self {
        let attributes = [
            ("country", (&user.country).into()),
            ("plan", (&user.plan).into()),
            ("email", (&user.email).into()),
            ("age", user.age.into()),
            ("version", (&user.version).into()),
            ("device", (&user.device).into()),
        ];
        Self::new(&user.id, attributes)
    }
}

impl<const N: usize> Attributes for Borrowed<'_, N> {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.as_context().get(name)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        self.as_context().each_attribute(visit);
    }

    #[inline]
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        Some(ValueRef::from(self.id))
    }
}

/// A [`Client`] that is asked by name, with contexts that borrow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FlagKit<W> {
    client: Client,
    /// Lends what [`View::evaluate_all`] returns.
    view: View,
    words: PhantomData<W>,
}

impl<W: Words> FlagKit<W> {
    #[inline]
    fn ask(&self, question: &Question, context: &impl Attributes) -> Served {
        match question.asked {
            Asked::Switch => Served::switch(self.client.is_enabled(&question.flag, context)),
            Asked::Variant if W::PARAMETER.is_some() => {
                of_value::<W>(&self.client.json(&question.flag, context, Value::Null), question)
            }
            Asked::Variant => Served::variant(&self.client.string(&question.flag, context, "")),
        }
    }
}

impl<W: Words + 'static> Contender for FlagKit<W> {
    const NAME: &'static str = "flagkit";

    type Context<'u> = W::Context<'u>;

    type All<'c> = Evaluations<'c>;

    fn load(document: &str) -> Result<Self, String> {
        // Nothing is evaluated here: a thread keeps the snapshot that it has asked last until it asks
        // another, and freeing it would count as part of the load.
        let client = Client::from_document(W::DIALECT, document.as_bytes());
        client
            .map(|client| Self { view: client.view(), client, words: PhantomData })
            .map_err(|error| error.to_string())
    }

    #[inline]
    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        W::context(user)
    }

    #[inline]
    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        self.ask(question, context)
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        Some(self.view.evaluate_all(context))
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        found_in::<W>(all, question)
    }
}

/// The same with contexts that own what they know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FlagKitOwned<W> {
    inner: FlagKit<W>,
}

impl<W: Words + 'static> Contender for FlagKitOwned<W> {
    const NAME: &'static str = "flagkit, owned context";

    type Context<'u> = Context;

    type All<'c> = Evaluations<'c>;

    fn load(document: &str) -> Result<Self, String> {
        Ok(Self { inner: FlagKit::load(document)? })
    }

    fn context<'u>(&self, user: &'u User) -> Self::Context<'u> {
        let words = W::context(user);
        let key = words.targeting_key().map(|key| key.to_value());
        let mut context = key.map_or_else(Context::anonymous, Context::new);
        words.each_attribute(&mut |name, value| context.insert(name, value.to_value()));
        context
    }

    #[inline]
    fn decide(&self, question: &Question, context: &Self::Context<'_>) -> Served {
        self.inner.ask(question, context)
    }

    fn all<'c>(&'c self, context: &'c Self::Context<'_>) -> Option<Self::All<'c>> {
        Some(self.inner.view.evaluate_all(context))
    }

    fn served(all: &Self::All<'_>, question: &Question) -> Option<Served> {
        found_in::<W>(all, question)
    }
}

fn found_in<W: Words>(all: &Evaluations<'_>, question: &Question) -> Option<Served> {
    let found = all.iter().find(|found| found.key() == question.flag)?;
    Some(match (question.asked, found.value()) {
        (Asked::Switch, _) => Served::switch(found.is_enabled()),
        (Asked::Variant, Some(value)) => of_value::<W>(value, question),
        (Asked::Variant, None) => Served::Off,
    })
}

fn of_value<W: Words>(value: &Value, question: &Question) -> Served {
    match (question.asked, value) {
        (Asked::Switch, Value::Boolean(is_on)) => Served::switch(*is_on),
        (Asked::Variant, Value::String(name)) => Served::variant(name),
        (Asked::Variant, Value::Structure(fields)) => {
            let name = W::PARAMETER.and_then(|parameter| fields.get(parameter));
            name.and_then(Value::as_str).map_or(Served::Off, Served::variant)
        }
        _ => Served::Off,
    }
}
