using Mina.Host.Classification;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Classification;

/// <summary>How windows become a recording's verdict, with a classifier that answers what the test wants.</summary>
public sealed class RecordingClassifierTests
{
    private const int Fs = 300;

    [Fact]
    public void Windows_follow_each_other_by_five_thirds_of_a_second_and_the_last_that_fits_is_kept()
    {
        var result = Classify(Wave(30), _ => 0.9f);
        Assert.Equal(13, result.Windows.Count);
        Assert.All(result.Windows, (window, i) => Assert.Equal(i * 5 / 3.0, window.StartSeconds, 9));
    }

    [Fact]
    public void A_window_is_AF_from_the_onset_probability_on()
    {
        var result = Classify(Wave(30), start => start < 1500 ? 0.5f : 0.49f);
        Assert.All(result.Windows.Take(3), window => Assert.Equal(Finding.AF, window.FindingAt(result.Threshold)));
        Assert.All(result.Windows.Skip(3), window => Assert.Equal(Finding.NotAF, window.FindingAt(result.Threshold)));
    }

    [Theory]
    [InlineData(0.6f, Finding.AF)]
    [InlineData(0.4f, Finding.NotAF)]
    public void A_strip_is_judged_by_its_mean_probability(float probability, Finding finding)
    {
        var result = Classify(Wave(30), _ => probability);
        Assert.Equal(finding, result.Finding);
        Assert.Equal(probability, result.Probability!.Value, 6);
    }

    [Fact]
    public void Windows_and_strips_are_judged_by_thresholds_of_their_own()
    {
        var thresholds = new ViewThresholds(paper: 0.1, uniform: 0.3, recording: 0.7);
        var (result, _) = new RecordingClassifier(PreprocessSettings.Default, batch => [.. Enumerable.Repeat(0.5f, batch.Count)], thresholds, WindowQuality.FaultOf).Classify(Wave(30));
        Assert.All(result!.Windows, window => Assert.Equal(Finding.AF, window.FindingAt(result.Threshold)));
        Assert.Equal(Finding.NotAF, result.Finding);
    }

    [Fact]
    public void A_long_recording_is_AF_where_there_is_an_episode()
    {
        var result = Classify(Wave(180), start => start is > 60 * Fs and < 120 * Fs ? 0.9f : 0.1f);
        Assert.Equal(Finding.AF, result.Finding);
        var episode = Assert.Single(result.Episodes);
        // The first window above the threshold starts at 61.67 s, the last at 118.33 s; each speaks for the time about its centre.
        Assert.InRange(episode.StartSeconds, 65, 67);
        Assert.InRange(episode.EndSeconds, 123, 125);
        Assert.Equal((episode.EndSeconds - episode.StartSeconds) / 180, result.Burden!.Value, 6);
    }

    [Fact]
    public void Half_a_minute_of_AF_makes_no_episode_when_it_falls_short()
    {
        var result = Classify(Wave(180), start => start is > 60 * Fs and < 85 * Fs ? 0.9f : 0.1f);
        Assert.Empty(result.Episodes);
        Assert.Equal(Finding.NotAF, result.Finding);
        Assert.Equal(0, result.Burden);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(180)]
    public void A_window_with_a_gap_is_unclassifiable_and_never_not_AF(int seconds)
    {
        var recording = Wave(seconds);
        recording.Samples.AsSpan(20 * Fs, 10).Fill(float.NaN);
        var result = Classify(recording, _ => 0.1f);
        foreach (var window in result.Windows)
        {
            var holdsGap = window.StartSeconds < 20 + (10.0 / Fs) && window.StartSeconds + 10 > 20;
            Assert.Equal(holdsGap ? Finding.Unclassifiable : Finding.NotAF, window.FindingAt(result.Threshold));
            Assert.Equal(holdsGap, window.Probability is null);
        }

        Assert.True(result.UnclassifiableSeconds > 0);
    }

    [Fact]
    public void What_the_check_refuses_is_unclassifiable()
    {
        var result = Classify(Wave(30), _ => 0.9f, _ => WindowFault.Noisy);
        Assert.All(result.Windows, window => Assert.Equal(Finding.Unclassifiable, window.FindingAt(result.Threshold)));
        Assert.Equal(Finding.Unclassifiable, result.Finding);
        Assert.Null(result.Probability);
        Assert.Null(result.Burden);
    }

    [Fact]
    public void More_windows_than_a_batch_holds_keep_their_order()
    {
        var result = Classify(Wave(600), start => start / (600f * Fs));
        Assert.All(result.Windows, window => Assert.Equal(window.StartSeconds / 600, window.Probability!.Value, 5));
    }

    [Fact]
    public void A_recording_too_short_for_a_window_is_rejected()
    {
        var (result, rejection) = Classifier(_ => 0.5f).Classify(Wave(9));
        Assert.Null(result);
        Assert.Equal(RejectionReason.TooShort, rejection!.Reason);
    }

    private static ClassifiedRecording Classify(Recording recording, Func<int, float> probability, WindowCheck? check = null)
    {
        var (result, rejection) = Classifier(probability, check).Classify(recording);
        Assert.Null(rejection);
        return result!;
    }

    private static RecordingClassifier Classifier(Func<int, float> probability, WindowCheck? check = null) => new(
        PreprocessSettings.Default,
        batch => [.. batch.Start.Take(batch.Count).Select(probability)],
        ViewThresholds.Same(0.5),
        check ?? WindowQuality.FaultOf);

    /// <summary>Nothing like an ECG, but neither flat nor saturated.</summary>
    private static Recording Wave(int seconds) => new(
        "wave", Fs, [.. Enumerable.Range(0, seconds * Fs).Select(t => (float)(Math.Sin(t / 7.0) + Math.Sin(t / 31.0)))]);
}
