using BenchmarkDotNet.Attributes;
using Mina.Model;
using Mina.Model.Networks.FreqNet;
using Mina.Preprocess;

namespace Mina.Benchmarks;

/// <summary>The engine at each register width: <c>dotnet run -c Release --project tests/Mina.Benchmarks -- --filter '*Engine*'</c>.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private readonly IInferenceEngine _avx512 = InferenceEngine.avx512(NetworkCatalog.Default.InitialWeights(1));
    private readonly IInferenceEngine _avx2 = InferenceEngine.avx2(NetworkCatalog.Default.InitialWeights(1));
    private readonly IInferenceEngine _portable = InferenceEngine.portable(NetworkCatalog.Default.InitialWeights(1));
    private SegmentBatch _batch = new(1);
    private float[] _logits = [];

    /// <summary>Windows a call.</summary>
    [Params(1, 128)]
    public int Windows { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _batch = Batches.Random(Windows);
        _logits = new float[2 * Windows];
    }

    [Benchmark(Baseline = true)]
    public void Registers512() => _avx512.Run(_batch, _logits, null);

    [Benchmark]
    public void Registers256() => _avx2.Run(_batch, _logits, null);

    [Benchmark]
    public void Registers128() => _portable.Run(_batch, _logits, null);
}
