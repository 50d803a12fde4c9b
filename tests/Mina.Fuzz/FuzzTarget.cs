namespace Mina.Fuzz;

/// <summary>A parser that takes any bytes.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Seeds">Inputs to begin with; most are right ones.</param>
/// <param name="Run">
/// Gives an input to the parser, and throws where the parser does what it must not. The refusals that the parser documents are caught
/// inside.
/// </param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Run);
