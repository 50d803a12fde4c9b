using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Why a signal cannot be read.</summary>
/// <param name="Reason">For counting.</param>
/// <param name="Message">What is wrong and what to do, as the rest of a sentence that begins with the file's name.</param>
internal sealed record SignalFault(RejectionReason Reason, string Message);
