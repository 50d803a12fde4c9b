namespace Mina.Preprocess;

/// <summary>An annotated stretch of one rhythm.</summary>
/// <param name="Rhythm">The rhythm's code in PhysioNet's annotations, without the parenthesis: <c>N</c>, <c>AFIB</c>, <c>AFL</c>, <c>VT</c>, ...</param>
/// <param name="StartSeconds">The start, in seconds from the recording's start.</param>
/// <param name="EndSeconds">The end, where the next rhythm begins; infinite for the last rhythm.</param>
public readonly record struct RhythmSpan(string Rhythm, double StartSeconds, double EndSeconds);
