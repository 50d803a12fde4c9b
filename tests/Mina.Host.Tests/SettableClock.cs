namespace Mina.Host.Tests;

/// <summary>A clock that shows what the test says.</summary>
internal sealed class SettableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
