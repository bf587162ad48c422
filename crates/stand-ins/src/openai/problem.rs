use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal in OpenAI's envelope.
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
    retry_after: Option<u32>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, kind: &'static str, code: &str, message: &str) -> Self {
        let (code, message) = (Some(code.to_owned()), message.to_owned());
        Self { status, kind, code, message, param: None, retry_after: None }
    }

    pub(super) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after = seconds;
        self
    }

    pub(super) fn param(param: &str, message: &str) -> Self {
        let (param, message) = (Some(param.to_owned()), message.to_owned());
        let (status, kind) = (StatusCode::BAD_REQUEST, "invalid_request_error");
        Self { status, kind, code: None, message, param, retry_after: None }
    }

    pub(super) fn no_key() -> Self {
        let message = "You didn't provide an API key.";
        Self { code: None, ..Self::refused(StatusCode::UNAUTHORIZED, "", message) }
    }

    /// It repeats the whole key, which the provider half hides: nobody may pass it on either way.
    pub(super) fn wrong_key(key: &str) -> Self {
        let message = format!("Incorrect API key provided: {key}.");
        Self::refused(StatusCode::UNAUTHORIZED, "invalid_api_key", &message)
    }

    pub(super) fn no_model(model: &str) -> Self {
        let message =
            format!("The model `{model}` does not exist or you do not have access to it.");
        Self::refused(StatusCode::NOT_FOUND, "model_not_found", &message)
    }

    pub(super) fn not_json() -> Self {
        Self::param("", "We could not parse the JSON body of your request.")
    }

    pub(super) fn not_found(path: &str) -> Self {
        let message = format!("Invalid URL ({path})");
        Self { code: None, ..Self::refused(StatusCode::NOT_FOUND, "", &message) }
    }

    fn refused(status: StatusCode, code: &str, message: &str) -> Self {
        Self::new(status, "invalid_request_error", code, message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({"error": {
            "message": self.message, "type": self.kind, "param": self.param, "code": self.code,
        }});
        let mut response = (self.status, Json(body)).into_response();
        let head = response.headers_mut();
        head.insert("x-request-id", HeaderValue::from_static("req_stand_in"));
        if let Some(seconds) = self.retry_after {
            head.insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
