use std::sync::LazyLock;

use redis::Script;

/// A lock's value is `owner:token`. What is taken with the lock is its token: no crash can part them.
/// Numbers stay text: a script would round one that is larger than 2^53.
pub(crate) static ACQUIRE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local held = redis.call('GET', KEYS[1])
        if not held then
            if redis.call('EXISTS', KEYS[2]) == 0 then return {2, ''} end
            redis.call('INCR', KEYS[2])
            local token = redis.call('GET', KEYS[2])
            redis.call('SET', KEYS[1], ARGV[1] .. token, 'PX', ARGV[2])
            return {1, token}
        end
        if string.sub(held, 1, #ARGV[1]) == ARGV[1] then
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return {1, string.sub(held, #ARGV[1] + 1)}
        end
        return {0, tostring(redis.call('PTTL', KEYS[1]))}
        ",
    )
});

pub(crate) static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local held = redis.call('GET', KEYS[1])
        if not held or string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        ",
    )
});

pub(crate) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local held = redis.call('GET', KEYS[1])
        if not held or string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        redis.call('PUBLISH', KEYS[2], '')
        return 1
        ",
    )
});

/// Lets no token be issued at or below the floor, and notes which life of the server that is for.
pub(crate) static RAISE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local fence, floor = redis.call('GET', KEYS[1]), ARGV[1]
        if not fence or #fence < #floor or (#fence == #floor and fence < floor) then
            redis.call('SET', KEYS[1], floor)
        end
        redis.call('SET', KEYS[2], ARGV[2])
        return 1
        ",
    )
});
