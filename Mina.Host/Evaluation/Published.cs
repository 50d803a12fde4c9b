namespace Mina.Host.Evaluation;

/// <summary>
/// What the paper reports for MINA on all windows of its own test split (Hong et al., IJCAI 2019): only the
/// <c>paper</c> view compares with it.
/// </summary>
public static class Published
{
    public const double RocAuc = 0.9488;
    public const double PrAuc = 0.9436;
    public const double F1 = 0.8342;
}
