use castad_creatomate::{Settings, Templates, Version};
use castad_stand_ins::creatomate::{self, Fault, Order};

use crate::desk::Desk;

async fn found(version: Version, vertical: &str, square: &str) -> (Desk, Vec<String>) {
    let desk = Desk::open_with(
        version,
        |settings, _| Settings {
            templates: Templates {
                vertical: Some(vertical.to_owned()),
                square: Some(square.to_owned()),
                horizontal: None,
            },
            ..settings
        },
        castad_creatomate::Creatomate::limits(),
    )
    .await;
    let told = desk.check().await;
    (desk, told)
}

const UNSET: &str =
    "false CREATOMATE_TEMPLATE_HORIZONTAL: not set: horizontal videos cannot be made";

#[tokio::test]
async fn templates_that_can_be_filled_are_in_order_and_nothing_is_bought() {
    for version in [Version::V2, Version::V1] {
        let (desk, told) = found(version, creatomate::VERTICAL, creatomate::SQUARE).await;
        assert_eq!(told, [UNSET], "{version:?}");
        assert_eq!(desk.purchases(), 0);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_told_by_its_setting() {
    let missing = "0f5a3c1e-0000-4000-8000-000000000000";
    for version in [Version::V2, Version::V1] {
        let (_, told) = found(version, missing, creatomate::EMPTY).await;
        assert_eq!(
            told,
            [
                "true CREATOMATE_TEMPLATE_VERTICAL: Creatomate has no such template",
                "true CREATOMATE_TEMPLATE_SQUARE: the template has no place for a picture",
                "false CREATOMATE_TEMPLATE_SQUARE: no composition holds captions alone: the lines of \
                 the song are not shown",
                "false CREATOMATE_TEMPLATE_SQUARE: no text is named for the business: its name is not \
                 shown",
                UNSET,
            ],
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn a_broken_template_and_a_provider_that_does_not_answer_are_told_too() {
    let (_, told) = found(Version::V1, creatomate::BROKEN, creatomate::SQUARE).await;
    let broken = "true CREATOMATE_TEMPLATE_VERTICAL: the template cannot be read";
    assert_eq!(told, [broken, UNSET]);

    let desk = Desk::open(Version::V2).await;
    desk.stand_ins.creatomate.order([Order::Create(Fault::ServerError)]);
    let told = desk.check().await;
    let silent = "true CREATOMATE_TEMPLATE_VERTICAL: Creatomate's server gave no clear answer";
    assert_eq!(told, [silent]);
}
