//! What is told about a route, and the `OpenAPI` document of all of them.

use http::Method;
use utoipa::ToSchema;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, InfoBuilder, Object, OpenApi, OpenApiBuilder, PathItem,
    Ref, RefOr, Required, Schema, Type,
};

use super::table::Route;

/// What is told about a route.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: Vec<(Place, &'static str, &'static str)>,
    body: Option<Body>,
    answers: Vec<(u16, &'static str, Option<Body>)>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Query,
    Header,
}

/// What is sent or answered.
#[derive(Clone, Copy)]
struct Body {
    kind: &'static str,
    what: &'static str,
    schema: fn() -> RefOr<Schema>,
    inner: fn(&mut Schemas),
}

type Schemas = Vec<(String, RefOr<Schema>)>;

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Body").field(&self.kind).finish()
    }
}

impl Page {
    /// A page with a name for programs, the group that it belongs to, and what the route does.
    pub(crate) fn new(id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self { id, tag, summary, parameters: Vec::new(), body: None, answers: Vec::new() }
    }

    /// It takes a parameter in the query.
    pub(crate) fn query(mut self, name: &'static str, what: &'static str) -> Self {
        self.parameters.push((Place::Query, name, what));
        self
    }

    /// It takes a header.
    pub(crate) fn header(mut self, name: &'static str, what: &'static str) -> Self {
        self.parameters.push((Place::Header, name, what));
        self
    }

    /// It changes something, which may be given a reason.
    pub(crate) fn reason(self) -> Self {
        self.header("FlagKit-Reason", "Why, for the history; or `reason` in the query")
    }

    /// It changes something only if that is what the caller thinks it is.
    pub(crate) fn conditional(self) -> Self {
        self.header("If-Match", "The revision that is to be changed; another one is a conflict")
            .header("If-None-Match", "`*`: only if there is nothing yet")
    }

    /// It takes a JSON body.
    pub(crate) fn takes<T: ToSchema>(self, what: &'static str) -> Self {
        let body = Body { kind: JSON, what, schema: reference::<T>, inner: all::<T> };
        Self { body: Some(body), ..self }
    }

    /// It takes a JSON body of any shape.
    pub(crate) fn takes_any(self, kind: &'static str, what: &'static str) -> Self {
        Self { body: Some(Body { kind, what, schema: object, inner: |_| {} }), ..self }
    }

    /// It answers JSON.
    pub(crate) fn gives<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        let body = Body { kind: JSON, what, schema: reference::<T>, inner: all::<T> };
        self.answers.push((status, what, Some(body)));
        self
    }

    /// It answers something else.
    pub(crate) fn gives_any(mut self, status: u16, kind: &'static str, what: &'static str) -> Self {
        self.answers.push((status, what, Some(Body { kind, what, schema: object, inner: |_| {} })));
        self
    }

    /// It answers with a status alone.
    pub(crate) fn gives_nothing(mut self, status: u16, what: &'static str) -> Self {
        self.answers.push((status, what, None));
        self
    }
}

/// The document of these routes.
pub(crate) fn document(routes: &[Route]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas: Schemas = Vec::new();
    problem_schema(&mut schemas);
    for route in routes {
        let bodies = route.page.answers.iter().filter_map(|(_, _, body)| *body);
        bodies.chain(route.page.body).for_each(|body| (body.inner)(&mut schemas));
        paths = paths.path(route.path, PathItem::new(method(&route.method), operation(route)));
    }
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new(), |all, (name, schema)| all.schema(name, schema));
    let info = InfoBuilder::new()
        .title("FlagKit server")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION));
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(secured(components.build())))
        .build()
}

fn operation(route: &Route) -> Operation {
    let Page { id, tag, summary, parameters, body, answers } = &route.page;
    let mut operation = OperationBuilder::new()
        .operation_id(Some(*id))
        .tag(*tag)
        .summary(Some(*summary))
        .parameters(Some(path_parameters(route.path)));
    for (place, name, what) in parameters {
        let place = match place {
            Place::Query => ParameterIn::Query,
            Place::Header => ParameterIn::Header,
        };
        operation = operation.parameter(parameter(name, place, what));
    }
    if let Some(body) = body {
        let request = RequestBodyBuilder::new()
            .description(Some(body.what))
            .required(Some(Required::True))
            .content(body.kind, Content::new(Some((body.schema)())));
        operation = operation.request_body(Some(request.build()));
    }
    for (status, what, body) in answers {
        let response = ResponseBuilder::new().description(*what);
        let response = match body {
            Some(body) => response.content(body.kind, Content::new(Some((body.schema)()))),
            None => response,
        };
        operation = operation.response(status.to_string(), response.build());
    }
    if let Some(access) = route.access {
        let description = format!("For keys of scope {}.", access.scopes());
        let key = SecurityRequirement::new("key", Vec::<String>::new());
        operation = operation.description(Some(description)).security(key);
        let what = "Refused: 401 without a good key, 403, 404, 409, 422, 429 with `Retry-After`";
        let problem = Ref::from_schema_name("Problem");
        let response =
            ResponseBuilder::new().description(what).content(JSON, Content::new(Some(problem)));
        operation = operation.response("default", response.build());
    }
    operation.build()
}

/// The parameters in braces of a path.
fn path_parameters(path: &'static str) -> Vec<Parameter> {
    let names = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| parameter(name, ParameterIn::Path, path_parameter(name)).build()).collect()
}

fn path_parameter(name: &str) -> &'static str {
    match name {
        "project" => "The key of the project",
        "environment" => "The key of the environment",
        "id" => "The number of it",
        "dialect" => "The language of the document, such as `native` or `unleash`",
        _ => "Its key",
    }
}

fn parameter(name: &str, place: ParameterIn, what: &str) -> ParameterBuilder {
    let required =
        if matches!(place, ParameterIn::Path) { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(what))
        .schema(Some(Object::with_type(Type::String)))
}

fn method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// How keys are sent.
fn secured(mut components: Components) -> Components {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(KEYS)).build();
    components.add_security_scheme("key", SecurityScheme::Http(scheme));
    components
}

fn reference<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

fn all<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn object() -> RefOr<Schema> {
    Object::with_type(Type::Object).into()
}

/// The body of every refusal, as `flagkit_protocol::Problem` has it.
fn problem_schema(schemas: &mut Schemas) {
    let text = || Object::with_type(Type::String);
    let problem = Object::builder()
        .description(Some("Why a request was refused"))
        .property("code", text())
        .required("code")
        .property("message", text())
        .required("message")
        .property("path", text())
        .property("hint", text())
        .property("details", Object::with_type(Type::Object));
    schemas.push(("Problem".to_owned(), Schema::from(problem.build()).into()));
}

const JSON: &str = "application/json";
const DESCRIPTION: &str = "Feature flags: change them, evaluate them, follow them. \
    Every refusal is a `Problem`.";
const KEYS: &str = "A key of FlagKit. `Authorization: KEY` and `X-API-Key: KEY` work as well.";
