using FsCheck.Xunit;
using Mina.Host.Monitor;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Ids that are made of what they name.</summary>
public sealed class IdentityTests
{
    [Property]
    public void An_id_tells_the_stream_the_kind_and_the_time_to_the_microsecond(int kind, uint micros)
    {
        var (at, what) = (DateTimeOffset.UnixEpoch.AddYears(50).AddTicks(micros * 10L), Enum.GetValues<AlarmKind>()[Math.Abs(kind % 4)]);
        Assert.True(Identity.TryReadAlarm(Identity.ForAlarm("bed-7.x_1", what, at.AddTicks(9)), out var stream, out var read, out var raised));
        Assert.Equal(("bed-7.x_1", what, at), (stream, read, raised));
        Assert.True(Identity.TryReadEpisode(Identity.ForEpisode("bed-7.x_1", at.ToOffset(TimeSpan.FromHours(5))), out stream, out var start));
        Assert.Equal(("bed-7.x_1", at), (stream, start));
        Assert.Equal(Identity.ForEpisode(stream, start), Uri.EscapeDataString(Identity.ForEpisode(stream, start)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("bed~AF")]
    [InlineData("bed~AF~yesterday")]
    [InlineData("bed~7~20260101T120000000000Z")]
    [InlineData("bed~AF~20260101T120000000000Z~")]
    public void What_is_no_id_is_not_read_as_one(string id) => Assert.False(Identity.TryReadAlarm(id, out _, out _, out _));
}
