// Says where a recording shows atrial fibrillation, by the model that Mina ships.
//
//     dotnet run --project samples/Classify -- data/raw/sim00003.hea
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: classify RECORDING");
    return 1;
}

try
{
    // README.md quotes these lines.
    using var folder = RecordingFolder.Open(args[0]);
    var (recording, rejection) = folder.Entries[0].Read(new ReadOptions());
    var classified = Detector.Shipped.Classify(recording ?? throw new ProblemException(rejection!.Message));
    foreach (var episode in classified.Episodes)
        Console.WriteLine($"AF from {episode.StartSeconds:0} s to {episode.EndSeconds:0} s");
    Console.WriteLine($"{classified.Id}: {classified.Finding}, probability {classified.Probability:0.000}");
    // The quotation ends here.
}
catch (ProblemException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

return 0;
