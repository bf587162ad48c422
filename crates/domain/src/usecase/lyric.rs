use super::{
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{LyricId, LyricText, MemberId, Production, ProjectId},
    port::Ports,
};

/// Takes the owner's own words.
#[derive(Clone)]
pub struct EditLyric {
    desk: Desk,
}

impl EditLyric {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production with the words.
    ///
    /// # Errors
    ///
    /// [`OrderError`] while a stage is being made, or once a song is made from the words.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        text: LyricText,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide =
            |p: &mut Production, id, now| p.write_lyric(text.clone(), LyricId::from_bits(id), now);
        self.desk.change(member, project, receipt, decide).await
    }
}
