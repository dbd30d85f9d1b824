//! Words that say nothing about the subject.

/// Grammar: never a subject.
const GRAMMAR: &str = "a about above after again against all also am an and any anyone anything are arent as at be \
because been before being below between both but by can cant cannot could couldnt did didnt do does doesnt doing \
dont down during each either else ever every everything few for from further get gets getting got had has hasnt \
have havent having he her here hers herself him himself his how hows i id if ill im in into is isnt it its itself \
ive just let lets like lot lots many may maybe me might mine more most much must my myself never no nor not \
nothing now of off often oh ok okay on once one ones only or other others our ours out over own per please pls \
quite rather really same shall she should shouldnt so some somebody someone something sometimes somehow somewhere \
still such than that thats the their theirs them themselves then there theres these they theyre thing things this \
those though through to too under until up upon us very via was wasnt way we well went were werent what whatever \
whats when whenever where wheres whether which while who whom whos whose why will with within without wont would \
wouldnt yeah yep yes yet you youd youll your youre yours yourself youve hi hello hey thanks thank et al eg ie vs";

/// Talk about talking and about the platform: what a student says around the subject.
const TALK: &str = "actually ask asked asking answer answers basically bit briefly call called chapter clarify clue \
confused confusing course define definition describe detail details difference different differ elaborate exactly \
example examples exercise exercises explain explanation explained find first follow give given going good great \
guess happen happens help hint hints homework idea ignore important instructions interested keep kind know learn \
learning lesson lessons look lost make makes making matter matters mean meaning means meant mention mentioned need \
needed next page paragraph part passage please point possible practice question questions quick quickly read \
reading remind right said say saying says section see sentence show simple simpler simply solution sort \
start started begin stage step steps student stuck study suppose sure talk task teach tell tells term terms text \
think thinking thought topic try trying tutor understand understanding understood use used uses using want wanted \
wonder wondering word words work works wrong role purpose reason people person simplest kinda gonna wanna dunno \
idk helps helped helping come comes coming another bring brings leave leaves left put puts again whole compare compared comparison versus relate related relation";

/// Whether a folded word carries no subject.
pub(crate) fn is_stop(word: &str) -> bool {
    sorted().binary_search(&word).is_ok()
}

fn sorted() -> &'static [&'static str] {
    static WORDS: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
        let mut words: Vec<_> = GRAMMAR.split_whitespace().chain(TALK.split_whitespace()).collect();
        words.sort_unstable();
        words
    });
    &WORDS
}

#[cfg(test)]
mod tests {
    use super::is_stop;

    #[test]
    fn talk_is_not_a_subject() {
        assert!(is_stop("explain") && is_stop("the") && is_stop("dont"));
        assert!(!is_stop("sensor") && !is_stop("latency"));
    }
}
