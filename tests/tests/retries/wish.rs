use serde_json::Value;

/// What is asked for, whoever asks and however often.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) path: String,
    /// Lines of the head that say who asks, and under which name.
    pub(crate) head: String,
    pub(crate) body: Body,
}

/// What is sent with it.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Json(Value),
    /// Fields, and a picture.
    Form(Vec<(&'static str, String)>, &'static [u8]),
}

impl Wish {
    /// One of somebody who is not known here.
    pub(crate) fn of_a_stranger(path: &str, body: Value) -> Self {
        Self { path: path.to_owned(), head: String::new(), body: Body::Json(body) }
    }

    /// The bytes of the request; the parts of a form lie between other boundaries each time.
    pub(crate) fn request(&self, boundary: usize, connection: &str) -> Vec<u8> {
        let (kind, body) = match &self.body {
            Body::Json(value) => ("application/json".to_owned(), value.to_string().into_bytes()),
            Body::Form(fields, picture) => {
                let boundary = format!("part-{boundary}");
                let body = form(&boundary, fields, picture);
                (format!("multipart/form-data; boundary={boundary}"), body)
            }
        };
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: castad\r\n{}Content-Type: {kind}\r\nContent-Length: {}\r\n\
             Connection: {connection}\r\n\r\n",
            self.path,
            self.head,
            body.len()
        );
        [head.into_bytes(), body].concat()
    }
}

fn form(boundary: &str, fields: &[(&str, String)], picture: &[u8]) -> Vec<u8> {
    let disposition = "Content-Disposition: form-data; name=";
    let field = |(name, text): &(&str, String)| {
        format!("--{boundary}\r\n{disposition}\"{name}\"\r\n\r\n{text}\r\n")
    };
    let fields = fields.iter().map(field).collect::<Vec<_>>().concat();
    let file =
        format!("{fields}--{boundary}\r\n{disposition}\"files\"; filename=\"a.jpg\"\r\n\r\n");
    let end = format!("\r\n--{boundary}--\r\n");
    [file.as_bytes(), picture, end.as_bytes()].concat()
}
