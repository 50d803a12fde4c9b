namespace Mina.Streaming.Files;

/// <summary>Says in plain words why the operating system refused to write.</summary>
public static class DiskFailure
{
    private const int NotPermitted = 1;
    private const int NoSpaceLeft = 28;
    private const int ReadOnly = 30;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>The cause as the end of a sentence ("because ..."), or null where the exception does not come from the disk.</summary>
    public static string? Explain(Exception e) => e switch
    {
        UnauthorizedAccessException => "it may not be written to",
        IOException { HResult: NoSpaceLeft or WindowsDiskFull or WindowsHandleDiskFull } => "the disk is full",
        IOException { HResult: QuotaLinux or QuotaMac } => "the disk quota is used up",
        IOException { HResult: ReadOnly or NotPermitted } => "it may not be written to",
        _ => null,
    };

    /// <summary>The cause as the end of a sentence ("because ..."); where it is unknown, the system's own message.</summary>
    public static string Reason(Exception e) => Explain(e) ?? $"of an error ({e.Message.TrimEnd('.')})";
}
