use castad_stand_ins::{creatomate, openai, suno};

/// Who writes, sings and renders: what stands in for them, and the hosts of what they make.
pub(crate) fn providers(
    hosts: String,
    (words, songs, films): (String, String, String),
) -> [(&'static str, String); 13] {
    let own = str::to_owned;
    [
        ("CASTAD_RESULT_HOSTS", hosts),
        ("CASTAD_LYRICS", own("chatgpt")),
        ("OPENAI_BASE_URL", words),
        ("OPENAI_API_KEY", own(openai::KEY)),
        ("CASTAD_SONGS", own("suno")),
        ("SUNO_BASE_URL", songs),
        ("SUNO_API_KEY", own(suno::KEY)),
        ("CASTAD_VIDEOS", own("creatomate")),
        ("CREATOMATE_BASE_URL", films),
        ("CREATOMATE_API_KEY", own(creatomate::KEY)),
        ("CREATOMATE_TEMPLATE_VERTICAL", own(creatomate::VERTICAL)),
        ("CREATOMATE_TEMPLATE_SQUARE", own(creatomate::SQUARE)),
        ("CREATOMATE_TEMPLATE_HORIZONTAL", own(creatomate::HORIZONTAL)),
    ]
}
