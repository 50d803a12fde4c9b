namespace Mina.Streaming.Shards;

/// <summary>What the operating system means by a refusal, in words.</summary>
public static class DiskFailure
{
    private const int NotPermitted = 1;
    private const int NoSpaceLeft = 28;
    private const int ReadOnly = 30;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>A few words on the failure (of writing, at <paramref name="e"/>), or null when it is none of the disk's.</summary>
    public static string? Explain(Exception e) => e switch
    {
        UnauthorizedAccessException => "it may not be written to",
        IOException { HResult: NoSpaceLeft or WindowsDiskFull or WindowsHandleDiskFull } => "the disk is full",
        IOException { HResult: QuotaLinux or QuotaMac } => "the disk quota is used up",
        IOException { HResult: ReadOnly or NotPermitted } => "it may not be written to",
        _ => null,
    };
}
