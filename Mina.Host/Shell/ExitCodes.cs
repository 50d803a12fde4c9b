namespace Mina.Host.Shell;

/// <summary>What the process tells its caller.</summary>
public static class ExitCodes
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>The input or the arguments are wrong, or nothing could be done; stderr says what.</summary>
    public const int Failed = 1;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT, as shells have it); what was finished is kept.</summary>
    public const int Stopped = 130;
}
