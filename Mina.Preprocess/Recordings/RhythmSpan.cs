namespace Mina.Preprocess;

/// <summary>A stretch of one rhythm, as someone annotated it.</summary>
/// <param name="Rhythm">As PhysioNet writes it, without a parenthesis: <c>N</c>, <c>AFIB</c>, <c>AFL</c>, <c>VT</c>, ...</param>
/// <param name="StartSeconds">Seconds from the recording's start.</param>
/// <param name="EndSeconds">Where the next rhythm begins; infinite for the last one.</param>
public readonly record struct RhythmSpan(string Rhythm, double StartSeconds, double EndSeconds);
