namespace Mina.Host.Shell;

/// <summary>The exit codes of the process.</summary>
public static class ExitCodes
{
    /// <summary>The command has done its work.</summary>
    public const int Done = 0;

    /// <summary>The input or the arguments are wrong, or nothing could be done; stderr gives the reason.</summary>
    public const int Failed = 1;

    /// <summary>The command was stopped by Ctrl-C (128 + SIGINT, as in shells); finished work is kept.</summary>
    public const int Stopped = 130;
}
