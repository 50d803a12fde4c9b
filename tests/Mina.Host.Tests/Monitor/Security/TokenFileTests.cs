using Microsoft.AspNetCore.DataProtection;
using Mina.Host.Monitor.Security;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>Tokens in their file: made, revoked, never kept themselves.</summary>
public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SettableClock _clock = new() { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
    private readonly TokenFile _file;

    public TokenFileTests() => _file = new TokenFile(_folder["monitor.tokens.json"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_token_is_random_and_only_its_hash_is_kept()
    {
        var first = _file.Add("Dr Ada Quist", AccessRole.Review, [], _clock.Now);
        var second = _file.Add("ward monitor", AccessRole.Device, ["ward1-*"], _clock.Now);
        Assert.NotEqual(first, second);
        Assert.Equal(48, first.Length);
        var text = File.ReadAllText(_file.Location);
        Assert.DoesNotContain(first, text, StringComparison.Ordinal);
        Assert.Contains(TokenFile.Hash(first), text, StringComparison.Ordinal);
        Assert.Equal(["Dr Ada Quist", "ward monitor"], _file.Read().Select(token => token.Name));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.lock"));
    }

    [Fact]
    public void A_monitor_notices_what_is_made_and_revoked_and_stays_closed_when_the_last_is_gone()
    {
        var tokens = new AccessTokens(null, _file, _clock, new EphemeralDataProtectionProvider());
        Assert.False(tokens.IsDemanded);
        var token = _file.Add("ada", AccessRole.View, [], _clock.Now);
        tokens.Look();
        Assert.Equal(("ada", AccessRole.View), (tokens.Find(token)!.Name, tokens.Find(token)!.Role));
        var cookie = tokens.MakeCookie(tokens.Find(token)!);
        Assert.Equal("ada", tokens.OfCookie(cookie)!.Name);
        var changes = 0;
        tokens.Changed += () => changes++;
        _file.Revoke("ada");
        tokens.Look();
        tokens.Look();
        Assert.Equal(1, changes);
        Assert.Null(tokens.Find(token));
        Assert.Null(tokens.OfCookie(cookie));
        Assert.True(tokens.IsDemanded);
        File.Delete(_file.Location);
        tokens.Look();
        Assert.True(tokens.IsDemanded);
    }

    [Fact]
    public void A_file_that_is_damaged_stops_a_start_and_changes_nothing_later()
    {
        var token = _file.Add("ada", AccessRole.View, [], _clock.Now);
        var tokens = new AccessTokens(null, _file, _clock, new EphemeralDataProtectionProvider());
        File.WriteAllText(_file.Location, """{"tokens":[{"name":"eve","role":"everything","streams":[],"sha256":"","made":"2026-01-01T00:00:00Z"}]}""");
        Assert.Contains("cannot be read", Assert.Throws<ProblemException>(tokens.Look).Message, StringComparison.Ordinal);
        Assert.NotNull(tokens.Find(token));
        Assert.Throws<ProblemException>(() => new AccessTokens(null, _file, _clock, new EphemeralDataProtectionProvider()));
    }

    [Theory]
    [InlineData("", AccessRole.View, null, "a token's name has 1 to 60 characters")]
    [InlineData("ada", AccessRole.View, null, "there is a token named 'ada'")]
    [InlineData("eve", AccessRole.View, "bed", "--streams are those that a device may send to")]
    [InlineData("eve", AccessRole.Device, null, "a device has streams")]
    [InlineData("eve", AccessRole.Device, "a/b", "'a/b' is no name of streams")]
    public void What_makes_no_sense_is_refused_in_one_sentence(string name, AccessRole role, string? stream, string fault)
    {
        _file.Add("ada", AccessRole.View, [], _clock.Now);
        var refused = Assert.Throws<ProblemException>(() => _file.Add(name, role, stream is null ? [] : [stream], _clock.Now));
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
        Assert.Contains("there is no token named 'eve'", Assert.Throws<ProblemException>(() => _file.Revoke("eve")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccessRole.Device, "ward1-7", true)]
    [InlineData(AccessRole.Device, "ward2-7", false)]
    [InlineData(AccessRole.Device, "Ward1-7", false)]
    [InlineData(AccessRole.Admin, "ward2-7", true)]
    [InlineData(AccessRole.Review, "ward1-7", false)]
    public void Samples_are_sent_by_a_device_to_its_own_streams(AccessRole role, string stream, bool may) =>
        Assert.Equal(may, new AccessGrant("x", role, ["ward1-*"], "").MaySend(stream));

    [Fact]
    public void A_role_may_what_those_below_it_may_and_a_device_nothing_of_it()
    {
        AccessRole[] roles = [AccessRole.View, AccessRole.Acknowledge, AccessRole.Review, AccessRole.Admin];
        foreach (var has in roles)
            Assert.Equal(roles.Where(role => role <= has), roles.Where(new AccessGrant("x", has, [], "").May));
        Assert.DoesNotContain(roles, new AccessGrant("x", AccessRole.Device, ["*"], "").May);
    }
}
