/// Values that are stored and told by a word each: `Kind; Value = "word",`.
macro_rules! named {
    ($(#[$about:meta])* $kind:ident; $($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {
            $($(#[$doc])* $name,)+
        }

        impl $kind {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its word.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}
pub(in crate::model) use named;
