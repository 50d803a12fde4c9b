namespace Mina.Benchmarks;

/// <summary>A row cannot be measured here, with why in one sentence.</summary>
public sealed class BenchmarkException(string message) : Exception(message);
