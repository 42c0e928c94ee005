//! The singleton of OpenFeature's API, and hooks of an application.

use std::sync::{Arc, Mutex};

use flagkit::Client;
use flagkit::provider::Provider;
use open_feature::{
    EvaluationContext, EvaluationDetails, EvaluationError, EvaluationOptions, Hook, HookContext,
    HookHints, OpenFeature, Value, async_trait,
};

use super::{FLAGS, run};

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn tell(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

#[async_trait]
impl Hook for Told {
    async fn before<'a>(
        &self,
        context: &HookContext<'a>,
        _: Option<&'a HookHints>,
    ) -> Result<Option<EvaluationContext>, EvaluationError> {
        self.tell(format!("before {} by {}", context.flag_key, context.provider_metadata.name));
        Ok(Some(EvaluationContext::default().with_custom_field("country", "DE")))
    }

    async fn after<'a>(
        &self,
        _: &HookContext<'a>,
        details: &EvaluationDetails<Value>,
        _: Option<&'a HookHints>,
    ) -> Result<(), EvaluationError> {
        let rule = details.flag_metadata.values.get("rule");
        self.tell(format!("after {:?} {:?} {rule:?}", details.value, details.reason));
        Ok(())
    }

    async fn error<'a>(
        &self,
        _: &HookContext<'a>,
        error: &EvaluationError,
        _: Option<&'a HookHints>,
    ) {
        self.tell(format!("error {}", error.code));
    }

    async fn finally<'a>(
        &self,
        context: &HookContext<'a>,
        _: &EvaluationDetails<Value>,
        _: Option<&'a HookHints>,
    ) {
        self.tell(format!("finally {}", context.flag_key));
    }
}

#[test]
fn hooks_are_told_of_answers_and_may_add_to_the_context() {
    let told = Told::default();
    run(async {
        let provider = Provider::new(Client::from_text(FLAGS).unwrap());
        OpenFeature::singleton_mut().await.set_named_provider("shop", provider).await;
        let api = OpenFeature::singleton().await;
        assert_eq!(api.named_provider_metadata("shop").await.unwrap().name, "flagkit");
        let flags = api.create_named_client("shop");
        let options = EvaluationOptions::default().with_hook(told.clone());
        let german = flags.get_bool_value("germans", None, Some(&options)).await;
        assert_eq!(german, Ok(true));
        assert!(flags.get_bool_value("missing", None, Some(&options)).await.is_err());
    });
    let told = told.0.lock().unwrap();
    let wanted = [
        "before germans by flagkit",
        r#"after Bool(true) Some(TargetingMatch) Some(String("de"))"#,
        "finally germans",
        "before missing by flagkit",
        "error FLAG_NOT_FOUND",
        "finally missing",
    ];
    assert_eq!(*told, wanted);
}
